//! `deploy report`: a fleet as pages that open without a server and without a network.

use std::collections::BTreeMap;
use std::path::Path;

use ::report::{Picture, Sender, Site, SiteDomain, SiteFile, site_html};
use reconcile::{Fleet, Project};
use render::{Ground, Shape, View};
use standards::bimi::Svg;
use standards::dns::Name;

use crate::args::{Global, Report};
use crate::exit::{Exit, Failure};
use crate::open;
use crate::printer::Printer;
use crate::progress::while_reading;

/// The pictures of each logo, by its bytes: most domains of a fleet share theirs.
type Logos = BTreeMap<Vec<u8>, Result<Vec<Picture>, String>>;

pub(crate) async fn run(
    global: &Global,
    args: &Report,
    printer: &Printer,
) -> Result<Exit, Failure> {
    let project = open::project(global, &args.selection, printer)?;
    let ledger = open::ledger(&project, printer).await?;
    let fleet = Box::pin(reconcile::fleet(&project, ledger));
    let fleet = while_reading(&project, printer, fleet).await?;
    let site = site(&project, &fleet);
    let files = site_html(&site);
    for file in &files {
        write(&args.output, file)?;
    }
    let index = args.output.join("index.html");
    let domains = ::report::counted(site.domains.len(), "domain");
    printer.note(&format!("wrote {} about {domains}", index.display()));
    Ok(Exit::Done)
}

fn site(project: &Project, fleet: &Fleet) -> Site {
    let mut logos = Logos::new();
    let names = fleet.overviews.iter().map(|(name, _)| name);
    Site {
        project: project.manifest.project.to_string(),
        now: project.clock.now(),
        domains: names
            .map(|name| domain(project, fleet, name, &mut logos))
            .collect(),
    }
}

fn domain(project: &Project, fleet: &Fleet, name: &Name, logos: &mut Logos) -> SiteDomain {
    let overview = fleet.overviews.iter().find(|(one, _)| one == name);
    let overview = match overview {
        Some((_, Ok(overview))) => Ok(overview.clone()),
        Some((_, Err(nothing))) => Err(nothing.to_string()),
        None => Err("it was not probed".to_owned()),
    };
    let checks = fleet
        .checks
        .iter()
        .filter(|check| check.domain() == Some(name));
    let drifts = fleet.drifted.drifts.iter();
    let sender = |(identity, place)| Sender { identity, place };
    SiteDomain {
        name: name.clone(),
        overview,
        checks: checks.cloned().collect(),
        senders: fleet.senders(name).into_iter().map(sender).collect(),
        drifts: drifts
            .filter(|drift| drift.resource.domain == name.as_str())
            .cloned()
            .collect(),
        endings: fleet.endings(project, name),
        events: fleet.events(name),
        logo: logo(project, name, logos),
    }
}

/// The logo of a domain as inboxes show it.
fn logo(project: &Project, name: &Name, logos: &mut Logos) -> Option<Result<Vec<Picture>, String>> {
    let bimi = project.manifest.domains.get(name)?.bimi.as_ref()?;
    let file = bimi.logo.as_ref()?;
    let drawn = || {
        let logo = Svg::parse(&file.bytes).0;
        let logo = logo.ok_or_else(|| "it is no logo".to_owned())?;
        let views = render::inbox_views(&logo).map_err(|reason| reason.to_string())?;
        Ok(views.into_iter().map(picture).collect())
    };
    let known = logos.entry(file.bytes.to_vec()).or_insert_with(drawn);
    Some(known.clone())
}

fn picture(view: View) -> Picture {
    let shape = match view.shape {
        Shape::Square => "square",
        Shape::Round => "round",
    };
    let ground = match view.ground {
        Ground::Light => "on light",
        Ground::Dark => "on dark",
    };
    let size = if view.is_small() { "small, " } else { "" };
    Picture {
        label: format!("{size}{shape}, {ground}"),
        side: view.side,
        png: view.png,
    }
}

#[expect(clippy::disallowed_methods, reason = "the operator names the folder")]
fn write(folder: &Path, file: &SiteFile) -> Result<(), Failure> {
    let path = folder.join(&file.path);
    let fault = |error| Failure::outside(&format!("could not write {}", path.display()), error);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(fault)?;
    }
    std::fs::write(&path, &file.html).map_err(fault)
}
