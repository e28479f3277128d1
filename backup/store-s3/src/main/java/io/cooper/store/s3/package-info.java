/// Objects in S3 and in what speaks its language.
///
/// - **Here:** [io.cooper.store.s3.S3Store] with its settings; what each provider needs otherwise
///   ([io.cooper.store.s3.S3Profile]); what the answers mean (`S3Answers`).
/// - **Begin with:** [io.cooper.store.s3.S3Settings].
/// - **May use:** `store`, `problem` and the AWS library, which is named here alone.
/// - **One more?** A provider is one row in `S3Profile`, an error code one row in `S3Answers`.
@NullMarked
package io.cooper.store.s3;

import org.jspecify.annotations.NullMarked;
