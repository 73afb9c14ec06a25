"""The file that Streamlit runs, alone in its folder with Streamlit's settings (see main.py)."""
