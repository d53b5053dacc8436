//! A stranger's eyes on the real network, as the command line asks for them.

use std::sync::Arc;

use model::Outside;
use verify::{Stranger, View};

use crate::args::Global;
use crate::exit::Failure;

/// Looks at public DNS, HTTPS and SMTP from this machine.
pub(crate) fn outside(global: &Global) -> Result<Arc<dyn Outside>, Failure> {
    #[expect(clippy::disallowed_methods, reason = "the operator names the file")]
    let authorities = match &global.ca {
        Some(path) => Some(std::fs::read_to_string(path).map_err(|error| {
            Failure::outside(
                &format!("could not read the certificates in {}", path.display()),
                error,
            )
        })?),
        None => None,
    };
    // Whoever names where the hosts are looks at a private world: its name servers are the resolver.
    let name_servers = global.resolver.filter(|_| global.connect.is_some());
    let view = View {
        resolver: global.resolver,
        connect: global.connect,
        name_servers,
        authorities,
        ..View::default()
    };
    let stranger = Stranger::new(view)
        .map_err(|error| Failure::outside("could not look at public DNS", error))?;
    Ok(Arc::new(stranger))
}
