"""Face 2: the Streamlit app. `corridor app` opens it; it uses only what `corridor` exports."""
