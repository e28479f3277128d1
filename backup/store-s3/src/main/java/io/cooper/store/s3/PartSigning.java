package io.cooper.store.s3;

import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.scheme.AwsV4AuthScheme;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.AsyncSignRequest;
import software.amazon.awssdk.http.auth.spi.signer.AsyncSignedRequest;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignRequest;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.IdentityProvider;
import software.amazon.awssdk.identity.spi.IdentityProviders;

/// Signs requests as the library does, except that the bytes of a part are never a part of what is
/// signed (`UNSIGNED-PAYLOAD`), as the library has it over TLS. Without TLS it would hash each part
/// once more, and so would the store. That the bytes arrive as they are, the part's own checksum
/// proves, which is signed.
final class PartSigning implements AwsV4AuthScheme {
  private final AwsV4AuthScheme usual = AwsV4AuthScheme.create();
  private final AwsV4HttpSigner signer = new Signer(usual.signer());

  @Override
  public String schemeId() {
    return usual.schemeId();
  }

  @Override
  public IdentityProvider<AwsCredentialsIdentity> identityProvider(IdentityProviders providers) {
    return usual.identityProvider(providers);
  }

  @Override
  public AwsV4HttpSigner signer() {
    return signer;
  }

  private record Signer(HttpSigner<AwsCredentialsIdentity> usual) implements AwsV4HttpSigner {
    @Override
    public SignedRequest sign(SignRequest<? extends AwsCredentialsIdentity> request) {
      if (!isPart(request.request())) {
        return usual.sign(request);
      }
      var withoutBytes = usual.sign(request.toBuilder().payload(null).build());
      var signed = SignedRequest.builder().request(withoutBytes.request());
      request.payload().ifPresent(signed::payload);
      return signed.build();
    }

    private static boolean isPart(SdkHttpRequest request) {
      return request.method() == SdkHttpMethod.PUT
          && request.firstMatchingRawQueryParameter("partNumber").isPresent();
    }

    @Override
    public CompletableFuture<AsyncSignedRequest> signAsync(
        AsyncSignRequest<? extends AwsCredentialsIdentity> request) {
      return usual.signAsync(request);
    }
  }
}
