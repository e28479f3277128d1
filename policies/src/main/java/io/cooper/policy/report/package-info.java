/// Findings as text, JSON and JUnit.
@NullMarked
package io.cooper.policy.report;

import org.jspecify.annotations.NullMarked;
