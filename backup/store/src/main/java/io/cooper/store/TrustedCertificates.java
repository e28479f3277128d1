package io.cooper.store;

import io.cooper.problem.Code;
import io.cooper.problem.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/// The certificates of a file, trusted instead of the machine's own.
public final class TrustedCertificates {
  private TrustedCertificates() {}

  /// Reads a file of certificates in PEM for a TLS connection.
  ///
  /// @throws StoreException with [Code#BAD_INPUT] if it cannot be read or has none
  public static SSLContext context(Path file) throws StoreException {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(null, managers(file), null);
      return context;
    } catch (GeneralSecurityException cause) {
      throw unreadable(file, "it cannot be read: " + cause.getMessage(), cause);
    }
  }

  /// Reads a file of certificates in PEM.
  ///
  /// @throws StoreException with [Code#BAD_INPUT] if it cannot be read or has none
  public static TrustManager[] managers(Path file) throws StoreException {
    try (var pem = Files.newInputStream(file)) {
      var trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      int number = 0;
      for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        trusted.setCertificateEntry("ca-" + number++, certificate);
      }
      if (number == 0) {
        throw unreadable(file, "it has no certificate", new IOException("empty"));
      }
      var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      managers.init(trusted);
      return managers.getTrustManagers();
    } catch (StoreException known) {
      throw known;
    } catch (IOException | GeneralSecurityException cause) {
      throw unreadable(file, "it cannot be read: " + cause.getMessage(), cause);
    }
  }

  private static StoreException unreadable(Path file, String what, Exception cause) {
    return new StoreException(
        new Problem(
            Code.BAD_INPUT,
            file.toString(),
            what,
            "give a file of certificates in PEM (-----BEGIN CERTIFICATE-----)"),
        cause);
  }
}
