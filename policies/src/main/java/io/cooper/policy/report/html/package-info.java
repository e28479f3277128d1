/// The report as one page for a browser.
///
/// - **Here:** what the page shows, its style and its script. The page itself is
///   `src/main/jte/report.jte`.
/// - **Begin with:** [io.cooper.policy.report.html.HtmlReport].
/// - **May use:** `policy.report`, `flux.graph`. The only room that knows jte.
@NullMarked
package io.cooper.policy.report.html;

import org.jspecify.annotations.NullMarked;
