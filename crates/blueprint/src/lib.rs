//! Manifest to desired: which resources, with which references and in which order.
