package io.cooper.store.s3;

import java.net.URI;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;

/// What each provider does otherwise than Amazon, one row each; the documentation prints this
/// table.
///
/// Sources: each provider's compatibility page, and the reports behind request U61 (newer checksum
/// headers refused by DigitalOcean Spaces, Cloudflare R2, Ceph and Hetzner).
public enum S3Profile {
  /// Amazon itself.
  AWS(
      "aws",
      Integrity.CRC32,
      NewOnly.PROVEN,
      Addressing.VIRTUAL_HOST,
      "",
      "amazonaws\\.com(\\.cn)?",
      "nothing: this is what the others differ from"),
  /// MinIO and what was made from it.
  MINIO(
      "minio",
      Integrity.CRC32,
      NewOnly.PROVEN,
      Addressing.PATH,
      "us-east-1",
      "",
      "bucket in the path, because endpoints are often addresses without wildcard names; "
          + "unfinished uploads are listed only below their exact key, the server removes them itself"),
  /// DigitalOcean Spaces.
  DO_SPACES(
      "do-spaces",
      Integrity.MD5,
      NewOnly.LOOK_FIRST,
      Addressing.VIRTUAL_HOST,
      "",
      "(?<region>[a-z0-9]+)\\.digitaloceanspaces\\.com",
      "no newer checksum headers, which it refuses; the region is in the name of the endpoint"),
  /// Ceph's object gateway, Rook included; also Hetzner and other operators of it.
  CEPH(
      "ceph",
      Integrity.MD5,
      NewOnly.LOOK_FIRST,
      Addressing.PATH,
      "us-east-1",
      "(?<region>[a-z0-9]+)\\.your-objectstorage\\.com",
      "no newer checksum headers, which releases before 2025 refuse; any region will do"),
  /// Cloudflare R2.
  R2(
      "r2",
      Integrity.MD5,
      NewOnly.LOOK_FIRST,
      Addressing.PATH,
      "auto",
      "[a-z0-9]+(\\.[a-z]+)?\\.r2\\.cloudflarestorage\\.com",
      "no newer checksum headers; region auto; all parts but the last of one size; no tags",
      false),
  /// Backblaze B2.
  BACKBLAZE(
      "backblaze",
      Integrity.MD5,
      NewOnly.LOOK_FIRST,
      Addressing.PATH,
      "",
      "s3\\.(?<region>[a-z0-9-]+)\\.backblazeb2\\.com",
      "no newer checksum headers; no tags; the region is in the name of the endpoint",
      false),
  /// SeaweedFS.
  SEAWEEDFS(
      "seaweedfs",
      Integrity.MD5,
      NewOnly.LOOK_FIRST,
      Addressing.PATH,
      "us-east-1",
      "",
      "no newer checksum headers; bucket in the path; a key cannot be a folder of another one"),
  /// Anything else that speaks S3: what every server understood before 2024.
  OTHER(
      "other",
      Integrity.MD5,
      NewOnly.LOOK_FIRST,
      Addressing.PATH,
      "us-east-1",
      "",
      "the most careful choice of each: Content-MD5, path style, a look before an object that must be new");

  /// How a store is made to notice bytes that changed on the way.
  public enum Integrity {
    /// `x-amz-checksum-crc32`, computed while sending.
    CRC32,
    /// `Content-MD5`, which every server knows.
    MD5
  }

  /// How an object that must be new is kept from replacing another.
  public enum NewOnly {
    /// By `If-None-Match: *`, which the server is known to obey for whole objects and for parts.
    PROVEN,
    /// By a look before, and by the same header for servers that obey it.
    LOOK_FIRST
  }

  /// Where the name of the bucket stands.
  public enum Addressing {
    /// In the path: `https://endpoint/bucket/key`.
    PATH,
    /// In the host: `https://bucket.endpoint/key`.
    VIRTUAL_HOST
  }

  private final String id;
  private final Integrity integrity;
  private final NewOnly newOnly;
  private final Addressing addressing;
  private final String region;
  private final Pattern host;
  private final String difference;
  private final boolean tags;

  S3Profile(
      String id,
      Integrity integrity,
      NewOnly newOnly,
      Addressing addressing,
      String region,
      String host,
      String difference) {
    this(id, integrity, newOnly, addressing, region, host, difference, true);
  }

  S3Profile(
      String id,
      Integrity integrity,
      NewOnly newOnly,
      Addressing addressing,
      String region,
      String host,
      String difference,
      boolean tags) {
    this.id = id;
    this.integrity = integrity;
    this.newOnly = newOnly;
    this.addressing = addressing;
    this.region = region;
    this.host = Pattern.compile("(?:.*\\.)?" + (host.isEmpty() ? "\\b\\B" : host));
    this.difference = difference;
    this.tags = tags;
  }

  /// As people write it.
  public String id() {
    return id;
  }

  /// How bytes are protected on the way.
  public Integrity integrity() {
    return integrity;
  }

  /// How an object that must be new is kept from replacing another.
  public NewOnly newOnly() {
    return newOnly;
  }

  /// Where the name of the bucket stands, unless the settings say otherwise.
  public Addressing addressing() {
    return addressing;
  }

  /// Whether objects can have tags; where not, they are left out.
  public boolean tags() {
    return tags;
  }

  /// What it changes and why, for the documentation.
  public String difference() {
    return difference;
  }

  /// The region to sign for where none was given; empty if there is none to assume.
  public Optional<String> region(Optional<URI> endpoint) {
    var found =
        endpoint
            .flatMap(uri -> Optional.ofNullable(uri.getHost()))
            .map(host::matcher)
            .filter(matcher -> matcher.matches() && matcher.namedGroups().containsKey("region"))
            .map(matcher -> matcher.group("region"));
    return found.or(() -> Optional.of(region).filter(known -> !known.isEmpty()));
  }

  /// The row of an endpoint: Amazon where there is none, else the one whose host names it, else the
  /// careful one.
  public static S3Profile of(Optional<URI> endpoint) {
    if (endpoint.isEmpty()) {
      return AWS;
    }
    var name = Optional.ofNullable(endpoint.get().getHost()).orElse("");
    return Arrays.stream(values())
        .filter(profile -> profile.host.matcher(name).matches())
        .findFirst()
        .orElse(OTHER);
  }

  /// The row of a name; empty if there is no such row.
  public static Optional<S3Profile> named(String id) {
    return Arrays.stream(values()).filter(profile -> profile.id.equals(id)).findFirst();
  }
}
