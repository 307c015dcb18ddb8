"""portal: what organisations offer and need, open to everybody, and introductions by a volunteer centre; a room of
partners. An offer and an introduction are streams of their own. Nothing in them is about a citizen."""
