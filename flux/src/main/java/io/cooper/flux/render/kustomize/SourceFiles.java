package io.cooper.flux.render.kustomize;

import io.cooper.flux.remote.VendoredFiles;
import io.cooper.flux.source.Artifact;
import io.cooper.manifest.Dialect;
import io.cooper.manifest.Manifest;
import io.cooper.manifest.ObjectId;
import io.cooper.manifest.YamlFile;
import io.cooper.manifest.YamlReader;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// The files of an artifact, each named by its bytes and, where it is a kustomization file, parsed
/// once. Safe for several threads.
public final class SourceFiles {
  /// Kustomization files are read as YAML 1.1 (kustomize's `types.Kustomization.Unmarshal` goes by
  /// way of sigs.k8s.io/yaml), other than the resources they name.
  private static final YamlReader AS_YAML_1_1 =
      new YamlReader(Dialect.KUBERNETES, YamlReader.Limits.SOURCE);

  private final Artifact artifact;
  private final VendoredFiles vendored;
  private final ConcurrentMap<String, String> names = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, YamlFile> kustomizations = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, YamlFile> manifests = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Objects> objects = new ConcurrentHashMap<>();

  /// The objects of one file.
  ///
  /// @param all in file order
  /// @param byName the first of each group, kind and name
  public record Objects(List<Manifest> all, Map<ObjectId, Manifest> byName) {
    private static Objects of(YamlFile file) {
      var all = file.manifests().toList();
      var byName = new HashMap<ObjectId, Manifest>();
      all.forEach(object -> byName.putIfAbsent(withoutNamespace(object), object));
      return new Objects(all, byName);
    }

    /// The object of this group, kind and name, in whatever namespace: builds set namespaces.
    public Optional<Manifest> like(Manifest object) {
      return Optional.ofNullable(byName.get(withoutNamespace(object)));
    }

    private static ObjectId withoutNamespace(Manifest object) {
      return new ObjectId(object.group(), object.kind(), "", object.name());
    }
  }

  /// @param artifact the files that exist
  /// @param vendored copies of files that exist on the network
  public SourceFiles(Artifact artifact, VendoredFiles vendored) {
    this.artifact = artifact;
    this.vendored = vendored;
  }

  /// The artifact itself.
  public Artifact artifact() {
    return artifact;
  }

  VendoredFiles vendored() {
    return vendored;
  }

  /// Whether a build can read a file of this path: one of the artifact, or a vendored copy.
  public boolean contains(String path) {
    return artifact.contains(path) || vendored.contains(path);
  }

  private byte[] bytes(String path) {
    return vendored.contains(path) ? vendored.read(path) : artifact.read(path);
  }

  /// The bytes of a file; not to be changed.
  public byte[] read(String path) {
    return bytes(path);
  }

  /// Names the bytes of a file; equal names are equal bytes.
  public String nameOfBytes(String path) {
    return names.computeIfAbsent(
        path,
        _ -> vendored.contains(path) ? sha256(vendored.read(path)) : artifact.nameOfBytes(path));
  }

  /// SHA-256 in hexadecimal digits.
  public static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /// The kustomization file of a folder: the first by name order that is there.
  Optional<String> kustomizationFile(String folder) {
    return Paths.KUSTOMIZATION_FILES.stream()
        .map(name -> Paths.child(folder, name))
        .filter(artifact::contains)
        .findFirst();
  }

  /// A kustomization file, parsed as Go's YAML 1.1 decoder does.
  YamlFile kustomization(String path) {
    return kustomizations.computeIfAbsent(path, _ -> parsed(AS_YAML_1_1, path));
  }

  /// A file of objects, parsed as kustomize does; for places, and for what Flux itself reads.
  public YamlFile manifests(String path) {
    return manifests.computeIfAbsent(path, _ -> parsed(YamlReader.ofSources(), path));
  }

  private YamlFile parsed(YamlReader reader, String path) {
    long size = artifact.contains(path) ? artifact.size(path) : 0;
    return reader.isTooLarge(size) ? reader.tooLarge(path, size) : reader.read(path, read(path));
  }

  /// Whether a file is so large that it is not even read.
  boolean isTooLarge(String path) {
    return artifact.contains(path) && YamlReader.ofSources().isTooLarge(artifact.size(path));
  }

  /// The objects of a file, found by name without reading it all again.
  public Objects objects(String path) {
    return objects.computeIfAbsent(path, _ -> Objects.of(manifests(path)));
  }
}
