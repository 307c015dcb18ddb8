"""Room: what a service can take, who holds a place in it, and how it is asked about before anybody is named."""
