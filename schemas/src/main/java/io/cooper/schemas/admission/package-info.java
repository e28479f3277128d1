/// What the API server and CloudNativePG's webhook refuse though the schema allows it.
///
/// - **Here:** one class for each thing that is judged, each with the rules that hold for sure; a
///   rule that depends on the state of a cluster has no place here.
/// - **Begin with:** [io.cooper.schemas.admission.Admission], the list; `CronJobs` is the shortest.
/// - **Sources:** k8s.io/kubernetes `pkg/apis/*/validation`, cloudnative-pg `internal/webhook/v1`.
/// - **May use:** `validate` for its violations, `value`, `manifest`.
/// - **One more?** A class and a line in `Admission`.
@NullMarked
package io.cooper.schemas.admission;

import org.jspecify.annotations.NullMarked;
