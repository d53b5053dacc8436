//! Documents for programs, against their schemas.

mod sarif_schema;
mod schemas;
