//! Lines of shell from documents and help texts, run with the built program.

use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use crate::place::{Place, Ran, binary};

/// The program, in the sandbox wherever it would otherwise speak to the network, and without a
/// question. It notes how it ended.
const DEPLOY: &str = r#"#!/bin/sh
sandbox= yes=
case "$1" in
  plan | apply | adopt | destroy | drift | verify | records | report | status | doctor | graph | \
    ledger)
    sandbox="--sandbox --speed instant" ;;
  init | check) sandbox="--sandbox --speed instant --sandbox-of deploy/published.yaml" ;;
  lint) case " $* " in *" --online "*) sandbox="--sandbox --speed instant" ;; esac ;;
esac
case "$1" in apply | adopt | destroy) yes=--yes ;; esac
case " $* " in
  *" --sandbox "*" --speed "*) sandbox= ;;
  *" --sandbox "*) sandbox="--speed instant" ;;
esac
case " $* " in *" --yes "* | *" --repair "*) yes= ;; esac
"$DEPLOY" "$@" $sandbox $yes
code=$?
echo "$code deploy $*" >> "$ENDS"
exit $code
"#;

/// Two domains that anybody can ask about.
const PUBLISHED: &str = "project: published
accounts: { dns: { id: \"111111111111\" } }
defaults: { dns: { route53: { account: dns } } }
domains: { example.com: { spf: { all: fail } }, example.org: { spf: { all: fail } } }
";

/// Programs of the network, with the answers that examples expect.
const OTHERS: &[(&str, &str)] = &[
    (
        "dig",
        r#"#!/bin/sh
echo '"v=DMARC1; p=reject; rua=mailto:dmarc@example.com"'
"#,
    ),
    (
        "curl",
        "#!/bin/sh\nprintf 'version: STSv1\\r\\nmode: enforce\\r\\nmx: mx.example.com\\r\\nmax_age: 604800\\r\\n'\n",
    ),
    ("notify-somebody", "#!/bin/sh\n"),
    ("dot", "#!/bin/sh\nexec grep digraph\n"),
];

/// Runs `line` in the folder of `place`. Gives what the line printed, and how each run of the program
/// in it ended, as `0 deploy plan …`.
pub fn run(place: &Place, line: &str) -> (Ran, Vec<String>) {
    let bin = place.path().join(".bin");
    if !bin.exists() {
        place.write("deploy/published.yaml", PUBLISHED);
        std::fs::create_dir(&bin).expect("a writable folder");
        for (name, script) in [("deploy", DEPLOY)].iter().chain(OTHERS) {
            let path = bin.join(name);
            std::fs::write(&path, script).expect("a writable folder");
            let executable = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(&path, executable).expect("a file of ours");
        }
    }
    let ends = bin.join("ends");
    std::fs::write(&ends, "").expect("a writable folder");
    let output = Command::new("sh")
        .args(["-c", line])
        .current_dir(place.path())
        .env_clear()
        .env("HOME", place.path())
        .env("PATH", format!("{}:/usr/bin:/bin", bin.display()))
        .env("DEPLOY", binary())
        .env("DEPLOY_SANDBOX_WEATHER", "calm")
        .env("ENDS", &ends)
        .stdin(Stdio::null())
        .output()
        .expect("a shell");
    let ends = std::fs::read_to_string(&ends).expect("it was written");
    (output.into(), ends.lines().map(str::to_owned).collect())
}
