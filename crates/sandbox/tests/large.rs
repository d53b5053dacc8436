//! Large objects: streamed, in files of their own, and never in memory as a whole.

mod common;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, SystemTime};

use aws_sdk_s3::Client;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clock::Clock;
use common::s3::create_bucket;
use common::{ONE, TWO};
use sandbox::Sandbox;
use sandbox::quotas::Quotas;
use sandbox::world::{Delays, World};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

const BUCKET: &str = "mail-assets";
const MIB: usize = 1024 * 1024;
/// In the environment of the process that serves: where it keeps its world.
const SERVED_IN: &str = "SANDBOX_SERVED_IN";
/// How many MiB the streamed object has, where not 64: for measurements by hand.
const SIZE: &str = "SANDBOX_LARGE_MIB";

fn world() -> World {
    let mut world = World {
        delays: Delays::none(),
        quotas: Quotas::none(),
        ..World::calm()
    };
    world.sts.seed_account(ONE, &["mail-deploy"]);
    world.sts.seed_account(TWO, &["mail-deploy"]);
    world
}

fn open(folder: &Path) -> Sandbox {
    Sandbox::open(folder, 1.0, world).expect("a folder")
}

async fn serve(folder: &Path) {
    let sandbox = open(folder);
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    println!("\nlistening on {address}");
    sandbox.serve_aws(listener).await.expect("it serves");
}

#[expect(
    clippy::disallowed_methods,
    reason = "the environment says which of the two processes this is"
)]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// A process that serves, which ends with this.
struct Server {
    process: Child,
    /// Its output, held open: the test harness in it ends when it cannot write.
    _output: BufReader<ChildStdout>,
    address: String,
}

impl Server {
    /// Starts this test again as the process that serves.
    fn start(test: &str, folder: &Path) -> Self {
        let mut process = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "--nocapture", test])
            .env(SERVED_IN, folder)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut output = BufReader::new(process.stdout.take().expect("its output"));
        let address = output
            .by_ref()
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("listening on ").map(str::to_owned))
            .expect("an address");
        Self {
            process,
            _output: output,
            address,
        }
    }

    fn client(&self, sandbox: &Sandbox) -> Client {
        let config = common::config(sandbox, ONE, "us-east-1")
            .into_builder()
            .endpoint_url(format!("http://{}", self.address))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .time_source(aws_smithy_async::time::SharedTimeSource::new(Clock::real()))
            .build();
        let config = aws_sdk_s3::config::Builder::from(&config).force_path_style(true);
        Client::from_conf(config.build())
    }

    /// The most memory that it ever had, in MiB, as Linux counts it.
    #[expect(clippy::disallowed_methods, reason = "the kernel's figures are files")]
    fn peak(&self) -> usize {
        let path = format!("/proc/{}/status", self.process.id());
        let status = std::fs::read_to_string(path).expect("its figures");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let text = line.expect("the peak").trim().trim_end_matches(" kB");
        text.trim().parse::<usize>().expect("a number") / 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// One MiB that no compression makes smaller, the `n`-th of an object.
fn block(n: usize) -> Vec<u8> {
    let seed = Sha256::digest(n.to_be_bytes());
    seed.iter().copied().cycle().take(MIB).collect()
}

async fn presigned(client: &Client, method: &str) -> String {
    #[expect(clippy::disallowed_methods, reason = "a client's clock")]
    let now = SystemTime::now();
    let config = PresigningConfig::builder()
        .start_time(now)
        .expires_in(Duration::from_mins(10))
        .build()
        .expect("ten minutes");
    let (put, get) = (client.put_object(), client.get_object());
    let request = if method == "PUT" {
        let put = put.bucket(BUCKET).key("large").presigned(config).await;
        put.expect("a URL")
    } else {
        let get = get.bucket(BUCKET).key("large").presigned(config).await;
        get.expect("a URL")
    };
    request.uri().to_owned()
}

/// Sends a request over a socket, its body block by block, and gives the answer's head and what
/// `read` makes of its body.
fn exchange<T>(
    (address, method, url): (&str, &str, &str),
    blocks: usize,
    read: impl FnOnce(&mut dyn Read) -> T,
) -> (String, T) {
    let target = url.split_once(address).expect("its URL").1;
    let mut stream = TcpStream::connect(address).expect("a connection");
    let length = blocks * MIB;
    write!(
        stream,
        "{method} {target} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
    )
    .expect("the head is sent");
    for n in 0..blocks {
        stream.write_all(&block(n)).expect("a block is sent");
    }
    let mut answer = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        answer.read_line(&mut head).expect("a line of the head");
    }
    let body = read(&mut answer);
    (head, body)
}

#[tokio::test(flavor = "multi_thread")]
async fn row_03_a_large_object_is_streamed_in_and_out() {
    if let Some(folder) = environment(SERVED_IN) {
        return serve(Path::new(&folder)).await;
    }
    let folder = TempDir::new().expect("a folder");
    let blocks = environment(SIZE).map_or(64, |size| size.parse().expect("MiB"));
    let server = Server::start(
        "row_03_a_large_object_is_streamed_in_and_out",
        folder.path(),
    );
    let keys = Sandbox::new(world(), Clock::real());
    let client = server.client(&keys);
    create_bucket(&client, BUCKET).await;
    let before = server.peak();
    let url = presigned(&client, "PUT").await;
    let (head, ()) = exchange((&server.address, "PUT", &url), blocks, |_| ());
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    let url = presigned(&client, "GET").await;
    let (head, read) = exchange((&server.address, "GET", &url), 0, |body| {
        let mut found = vec![0; MIB];
        (0..blocks).all(|n| body.read_exact(&mut found).is_ok() && found == block(n))
    });
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert!(read, "other bytes");
    let peak = server.peak();
    println!("{blocks} MiB: the peak was {before} MiB before, and {peak} MiB after");
    assert!(peak < before + 32, "{before} MiB before, {peak} MiB after");
    // The world and its journal have none of it.
    let size = |name: &str| folder.path().join(name).metadata().expect("a file").len();
    assert!(size("world.json") + size("journal.jsonl") < 100_000);
    // Another process finds the object.
    drop(server);
    let sandbox = open(folder.path());
    let world = sandbox.world();
    let (_, object) = world.s3.buckets[BUCKET]
        .current("large")
        .expect("an object");
    assert_eq!(object.body.len(), (blocks * MIB) as u64);
    let mut hash = Sha256::new();
    (0..blocks).for_each(|n| hash.update(block(n)));
    assert!(Sha256::digest(object.body.bytes()) == hash.finalize());
}

fn files(folder: &Path) -> BTreeSet<String> {
    let Ok(files) = std::fs::read_dir(folder.join("objects")) else {
        return BTreeSet::new();
    };
    let names = files.map(|file| file.expect("a file").file_name());
    names
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn row_03_bodies_are_kept_apart_through_a_kill_and_removed_when_nothing_needs_them() {
    let folder = TempDir::new().expect("a folder");
    let sandbox = open(folder.path());
    let client = Client::new(&common::config(&sandbox, ONE, "us-east-1"));
    create_bucket(&client, BUCKET).await;
    let put = async |key: &str, body: Vec<u8>| {
        let put = client.put_object().bucket(BUCKET).key(key);
        let put = put.body(ByteStream::from(body)).send().await;
        put.expect("an object");
    };
    put("small", vec![1; 1000]).await;
    assert_eq!(files(folder.path()).len(), 0);
    put("large", block(1)).await;
    put("same", block(1)).await;
    assert_eq!(files(folder.path()).len(), 1, "one content, one file");
    // As a kill would leave it: the journal alone knows of the objects.
    let left = TempDir::new().expect("a folder");
    copy(folder.path(), left.path());
    let again = open(left.path());
    let found = |sandbox: &Sandbox, key: &str| {
        let world = sandbox.world();
        let found = world.s3.buckets[BUCKET].current(key);
        found.map(|(_, object)| (object.body.bytes().to_vec(), object.etag.clone()))
    };
    assert_eq!(found(&again, "large").expect("it").0, block(1));
    assert_eq!(found(&again, "large"), found(&sandbox, "large"));
    assert_eq!(found(&again, "small").expect("it").0, vec![1; 1000]);
    // A part of it, and a copy.
    let get = client.get_object().bucket(BUCKET).key("large");
    let part = get.range("bytes=100-199").send().await.expect("a part");
    let part = part.body.collect().await.expect("bytes").to_vec();
    assert_eq!(part, block(1)[100..200]);
    for key in ["large", "same"] {
        let delete = client.delete_object().bucket(BUCKET).key(key);
        delete.send().await.expect("deleted");
    }
    drop((client, sandbox));
    assert_eq!(files(folder.path()).len(), 0, "nothing refers to it");
}

fn copy(from: &Path, to: &Path) {
    for file in std::fs::read_dir(from).expect("a folder") {
        let file = file.expect("a file");
        let target = to.join(file.file_name());
        if file.path().is_dir() {
            std::fs::create_dir(&target).expect("a folder");
            copy(&file.path(), &target);
        } else {
            std::fs::copy(file.path(), target).expect("a copy");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn row_03_parts_become_an_object_without_being_copied() {
    let folder = TempDir::new().expect("a folder");
    let sandbox = open(folder.path());
    let client = Client::new(&common::config(&sandbox, ONE, "us-east-1"));
    create_bucket(&client, BUCKET).await;
    let begun = client.create_multipart_upload().bucket(BUCKET).key("large");
    let upload = begun.send().await.expect("an upload");
    let id = upload.upload_id().expect("its id");
    let mut parts = Vec::new();
    for (number, body) in [(1, block(1).repeat(5)), (2, block(2))] {
        let part = client
            .upload_part()
            .bucket(BUCKET)
            .key("large")
            .upload_id(id)
            .part_number(number)
            .body(ByteStream::from(body));
        let etag = part.send().await.expect("a part").e_tag;
        parts.push(
            aws_sdk_s3::types::CompletedPart::builder()
                .part_number(number)
                .set_e_tag(etag)
                .build(),
        );
    }
    let before = files(folder.path());
    assert_eq!(before.len(), 2);
    let parts = aws_sdk_s3::types::CompletedMultipartUpload::builder()
        .set_parts(Some(parts))
        .build();
    let complete = client
        .complete_multipart_upload()
        .bucket(BUCKET)
        .key("large")
        .upload_id(id)
        .multipart_upload(parts);
    complete.send().await.expect("an object");
    assert_eq!(files(folder.path()), before);
    let get = client.get_object().bucket(BUCKET).key("large");
    let body = get.send().await.expect("the object").body.collect().await;
    let expected = [block(1).repeat(5), block(2)].concat();
    assert!(body.expect("bytes").to_vec() == expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn l9_a_body_is_refused_by_its_headers_before_it_is_read() {
    let folder = TempDir::new().expect("a folder");
    let sandbox = open(folder.path());
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    tokio::spawn(sandbox.clone().serve_aws(listener));
    let refused = async |head: String| {
        let address = address.clone();
        let answer = tokio::task::spawn_blocking(move || {
            let mut stream = TcpStream::connect(&address).expect("a connection");
            // More than the server holds, and far less than the head announces: a server that waits for
            // the rest never answers.
            let length = 1_u64 << 31;
            write!(
                stream,
                "{head}host: {address}\r\ncontent-length: {length}\r\n\r\n"
            )
            .expect("the head is sent");
            for n in 0..5 {
                let _ = stream.write_all(&block(n));
            }
            let mut answer = vec![0; 4096];
            let length = stream.read(&mut answer).expect("an answer");
            String::from_utf8_lossy(&answer[..length]).into_owned()
        });
        answer.await.expect("an answer")
    };
    let put = refused("PUT /mail-assets/large HTTP/1.1\r\n".to_owned()).await;
    assert!(put.contains("<Code>NoSuchBucket</Code>"), "{put}");
    let json = refused(
        "POST / HTTP/1.1\r\nx-amz-target: CertificateManager.ListCertificates\r\n".to_owned(),
    )
    .await;
    assert!(json.contains("MaxMessageLengthExceeded"), "{json}");
    let forged = "authorization: AWS4-HMAC-SHA256 Credential=AKIAX/20261124/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=00\r\nx-amz-date: 20261124T120000Z\r\n";
    let signed = refused(format!("PUT /mail-assets/large HTTP/1.1\r\n{forged}")).await;
    assert!(
        signed.contains("<Code>InvalidAccessKeyId</Code>"),
        "{signed}"
    );
    assert_eq!(files(folder.path()).len(), 0);
}

#[test]
fn l9_a_sandbox_that_is_in_use_is_not_reset() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("sandbox");
    let sandbox = open(&path);
    let refused = Sandbox::reset(&path).expect_err("in use");
    assert!(
        refused.to_string().contains("in use by another command"),
        "{refused}"
    );
    assert!(path.join("world.json").exists());
    drop(sandbox);
    Sandbox::reset(&path).expect("forgotten");
    assert!(!path.exists());
    Sandbox::reset(&path).expect("forgotten already");
}

/// A key pair that signs nothing but this test.
const PRIVATE_KEY: &str = "MIICdQIBADANBgkqhkiG9w0BAQEFAASCAl8wggJbAgEAAoGBAJultXcynD9C8dRkVv8MU0D5ILntfc9qrvDBrvn5kuTVvnKB+T2hbummaSqI89p2MbAB08p+8b+CyB2D4Q/fdnJvvTXuwIOKCAdJIVfjCYG+YgIj5aNuxjqBIQvMkvQGsur6Uv27tQijUmIGcfQSYrxKBA2zFHTD185qsiPiEof1AgMBAAECgYBgzjLMPS0S55czK2k0Xj0Vpx0kpsJeFBNUaJJkpUYoj4xQ+efD3jj2l2rHasCIOoTy3GAWjNfc7gF64gBD+A9ZazW3yZHWMOqgjOl0fprm6Jq8BhNHNu8MWO5AIbXV42mtgbS15HsGxsEJirVxsv+/5kIr8SJ2te6DXeJvgHBTzQJBAMnoaAEBEuJojRP8JXdLziLsu/MUWjN0XRj7xkcZVrQuZTWsZhveka4WTVUo09HUDOXC8gdR0qDADfvbj/Co1zsCQQDFWJUIHz6YJ7rsxmCjh0CqFnDWKaar/y+5w21T2L3hAz61QX9UhBzsAOXPYcfdHXxcxhclpMbZuPBus4YgbgqPAkBOLpj/Mow+cV+Xin5zeD4E1ghdMtdOr1NRVkTLySsCsChupSgQyJk+gNJHFH0Y9fRcj6UqYmud5WBE0xskhCx7AkA5btNIntc3rvBeskkzrkwqdAd4vHxuOAEqve5WZZC1KJ2aYKpu7VgBcy1uklV5S3iDA39/DBp3CLSocwTI8V2PAkAnUX9DYYqBk2+asA9tXgDdc9+8Bs6O1AyCk7w6uB+bALIJHmDFL4jSPcBl4LsdSTMf9a4eNTI4Ldh8TmXYGjbB";

#[cfg(unix)]
#[tokio::test(start_paused = true)]
async fn l8_keys_are_not_written_down_and_nobody_else_reads_the_rest() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("sandbox");
    let sandbox = open(&path);
    let config = common::config(&sandbox, ONE, "us-east-1");
    let client = Client::new(&config);
    create_bucket(&client, BUCKET).await;
    let put = client.put_object().bucket(BUCKET).key("large");
    let put = put.body(ByteStream::from(block(1))).send().await;
    put.expect("an object");
    let signing = aws_sdk_sesv2::types::DkimSigningAttributes::builder()
        .domain_signing_selector("one")
        .domain_signing_private_key(PRIVATE_KEY)
        .build();
    aws_sdk_sesv2::Client::new(&config)
        .create_email_identity()
        .email_identity("example.com")
        .dkim_signing_attributes(signing)
        .send()
        .await
        .expect("an identity");
    for file in ["world.json", "journal.jsonl"] {
        #[expect(clippy::disallowed_methods, reason = "what a person would read")]
        let text = std::fs::read_to_string(path.join(file)).expect("a file");
        assert!(!text.contains(&PRIVATE_KEY[..40]), "{file}");
        // A body in base64 shows the same bytes in one of three ways.
        for start in 0..3 {
            let inside = STANDARD.encode(&PRIVATE_KEY[start..start + 60]);
            assert!(!text.contains(&inside[4..76]), "{file}");
        }
    }
    let mode = |path: &Path| path.metadata().expect("it").permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o700);
    assert_eq!(mode(&path.join("objects")), 0o700);
    for file in ["world.json", "journal.jsonl", "world.lock"] {
        assert_eq!(mode(&path.join(file)), 0o600, "{file}");
    }
    for file in files(&path) {
        assert_eq!(mode(&path.join("objects").join(&file)), 0o600, "{file}");
    }
}
