package io.cooper.backup.drill;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cooper.backup.format.ServerFolder;
import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import io.cooper.problem.ProblemException;
import io.cooper.store.Intent;
import io.cooper.store.ObjectStore;
import io.cooper.store.StoreException;
import io.cooper.store.UncheckedStoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The results of drills beside the archive, where barman never looks: each is an object of its
/// own, `NAME/cooper/drills/TIME-passed.json` or `…-failed.json`, written once. Beside it lies, if
/// there was a key, `….sig`: the 64 bytes of an Ed25519 signature over exactly the bytes of the
/// result, as `openssl pkeyutl -verify -rawin` takes it.
public final class DrillResults {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss.SSS'Z'");
  private static final String ALGORITHM = "Ed25519";
  private static final String PASSED = "-passed.json";
  private static final String FAILED = "-failed.json";
  private static final String SIGNATURE = ".sig";
  private static final int LARGEST = 64 << 20;

  private final ObjectStore store;
  private final ServerFolder server;

  /// The results for a server.
  public DrillResults(ObjectStore store, ServerFolder server) {
    this.store = store;
    this.server = server;
  }

  /// A result that is kept.
  ///
  /// @param key of the object
  /// @param seal empty if nobody asked for it
  public record Kept(String key, boolean passed, Optional<Seal> seal) {}

  /// What a signature says.
  public enum Seal {
    /// The owner of the key held this drill, and the result is as it was.
    RIGHT,
    /// The result was changed, or somebody else signed it.
    WRONG,
    /// Nobody signed it.
    NONE
  }

  private String folder() {
    return server.own() + "drills/";
  }

  /// Keeps a result.
  ///
  /// @param signer if it is to be signed
  /// @return its key
  public String keep(DrillResult result, Optional<PrivateKey> signer) throws StoreException {
    var bytes = DrillText.json(server.name(), result).getBytes(UTF_8);
    var key =
        folder()
            + TIME.format(result.begun().atOffset(ZoneOffset.UTC))
            + (result.passed() ? PASSED : FAILED);
    if (signer.isPresent()) {
      write(key + SIGNATURE, signed(bytes, signer.get()));
    }
    write(key, bytes);
    return key;
  }

  private void write(String key, byte[] bytes) throws StoreException {
    try (var object = store.create(key, Intent.onlyNew().ofAtMost(bytes.length))) {
      object.bytes().write(bytes);
      object.commit();
    } catch (StoreException known) {
      throw known;
    } catch (IOException other) {
      throw unreadable(key, other);
    }
  }

  private StoreException unreadable(String key, IOException cause) {
    return new StoreException(
        new Problem(
            Code.STORE_UNREACHABLE,
            store.name() + "/" + key,
            "was broken off: " + cause.getMessage(),
            "try again"),
        cause);
  }

  private static byte[] signed(byte[] bytes, PrivateKey key) {
    try {
      var signature = Signature.getInstance(ALGORITHM);
      signature.initSign(key);
      signature.update(bytes);
      return signature.sign();
    } catch (GeneralSecurityException everyJdkCan) {
      throw new IllegalStateException(everyJdkCan);
    }
  }

  /// All results, the oldest first.
  ///
  /// @param signer whose signature they must have; nothing is compared if empty
  public List<Kept> all(Optional<PublicKey> signer) throws StoreException {
    var results = new ArrayList<String>();
    Set<String> seals = new HashSet<>();
    try (var objects = store.list(folder(), "")) {
      objects.forEach(object -> {
        if (object.key().endsWith(SIGNATURE)) {
          seals.add(object.key());
        } else if (object.key().endsWith(PASSED) || object.key().endsWith(FAILED)) {
          results.add(object.key());
        }
      });
    } catch (UncheckedStoreException failed) {
      throw failed.store();
    }
    var all = new ArrayList<Kept>();
    for (var key : results) {
      Optional<Seal> seal =
          signer.isEmpty()
              ? Optional.empty()
              : Optional.of(seals.contains(key + SIGNATURE) ? seal(key, signer.get()) : Seal.NONE);
      all.add(new Kept(key, key.endsWith(PASSED), seal));
    }
    return all;
  }

  private Seal seal(String key, PublicKey signer) throws StoreException {
    try {
      var signature = Signature.getInstance(ALGORITHM);
      signature.initVerify(signer);
      signature.update(bytes(key));
      return signature.verify(bytes(key + SIGNATURE)) ? Seal.RIGHT : Seal.WRONG;
    } catch (GeneralSecurityException _) {
      return Seal.WRONG;
    }
  }

  private byte[] bytes(String key) throws StoreException {
    try (var in = store.open(key)) {
      return in.readNBytes(LARGEST);
    } catch (StoreException known) {
      throw known;
    } catch (IOException other) {
      throw unreadable(key, other);
    }
  }

  /// Reads a private key: PKCS#8 in PEM, as `openssl genpkey -algorithm ed25519` writes it.
  ///
  /// @throws ProblemException with [Code#BAD_INPUT]; it never says what the file holds
  public static PrivateKey privateKey(Path file) {
    try {
      return KeyFactory.getInstance(ALGORITHM)
          .generatePrivate(new PKCS8EncodedKeySpec(pem(file, "PRIVATE KEY")));
    } catch (GeneralSecurityException _) {
      throw wrong(file, "private key", "openssl genpkey -algorithm ed25519 -out FILE");
    }
  }

  /// Reads a public key: X.509 in PEM, as `openssl pkey -pubout` writes it.
  ///
  /// @throws ProblemException with [Code#BAD_INPUT]
  public static PublicKey publicKey(Path file) {
    try {
      return KeyFactory.getInstance(ALGORITHM)
          .generatePublic(new X509EncodedKeySpec(pem(file, "PUBLIC KEY")));
    } catch (GeneralSecurityException _) {
      throw wrong(file, "public key", "openssl pkey -in PRIVATE -pubout -out FILE");
    }
  }

  private static byte[] pem(Path file, String kind) throws GeneralSecurityException {
    try {
      var text = Files.readString(file, UTF_8);
      var begin = "-----BEGIN " + kind + "-----";
      int from = text.indexOf(begin);
      int to = text.indexOf("-----END " + kind + "-----");
      if (from < 0 || to < from) {
        throw new GeneralSecurityException("no PEM");
      }
      return Base64.getMimeDecoder().decode(text.substring(from + begin.length(), to));
    } catch (IllegalArgumentException _) {
      throw new GeneralSecurityException("no base 64");
    } catch (IOException cause) {
      throw new ProblemException(
          new Problem(
              Code.BAD_INPUT,
              file.toString(),
              "cannot be read: " + cause.getClass().getSimpleName(),
              "give the file of a key in PEM"),
          cause);
    }
  }

  private static ProblemException wrong(Path file, String what, String how) {
    return new Problem(
            Code.BAD_INPUT,
            file.toString(),
            "holds no Ed25519 %s in PEM".formatted(what),
            "make one with: " + how)
        .asException();
  }
}
