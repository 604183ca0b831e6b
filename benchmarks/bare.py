"""A bare Streamlit page with as many elements of each kind as our first page, and no model."""

import streamlit as st

st.title("0")
for position in range(8):
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
        st.caption(f"note {position}")
    for position in range(5):
        st.metric(f"metric {position}", position, "note", border=True)
        st.button(f"button {position}")
    for position in range(15):
        with st.container(key=f"container {position}"):
            st.html(f"<p>text {position}</p>")
