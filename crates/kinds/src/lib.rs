//! The kinds of resources, one folder each, and their registry.
