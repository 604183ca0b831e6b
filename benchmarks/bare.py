"""A bare Streamlit page with as many elements of each kind as our first page, and no model."""

import streamlit as st

st.title("0")
for position in range(19):
    st.link_button(f"link {position}", "https://example.org")
left, right = st.columns([7, 3])
with right:
    for position in range(2):
        st.toggle(f"toggle {position}")
    st.segmented_control("segments", [1, 2], default=1)
    st.segmented_control("language", ["a", "b"], default="a")
    st.radio("radio", list(range(4)))
    st.popover("popover")
    sliders = [
        st.select_slider(f"slider {position}", [step / 100 for step in range(101)])
        for position in range(3)
    ]
with left:
    st.header(f"sum {sum(sliders):.2f}")
    for position in range(6):
        st.header(f"header {position}")
        st.markdown(f"text {position}")
    for position in range(5):
        st.metric(f"metric {position}", position, "note", border=True)
        st.button(f"button {position}")
    for position in range(12):
        with st.container(key=f"container {position}"):
            st.html(f"<p>text {position}</p>")
    for position in range(3):
        bars = {"type": "bar", "orientation": "h", "x": [1, 2, 3, 4, 5, 6, 7], "y": list(range(7))}
        st.plotly_chart({"data": [bars], "layout": {}}, theme=None, key=f"chart {position}")
