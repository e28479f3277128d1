package io.cooper.policy.report;

import io.cooper.flux.api.NamespacedName;
import io.cooper.policy.Severity;
import io.cooper.policy.Verdict;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/// A report for CI systems: a suite for each Kustomization and one for the repository itself. A
/// finding is a failed case; warnings and notices are cases that passed and say so in their output,
/// because a check that passes must be green. So are errors that were there before the change that
/// is judged.
public final class JunitReport implements Report {
  @Override
  public void print(CheckReport report, PrintWriter out) {
    try {
      var xml = XMLOutputFactory.newFactory().createXMLStreamWriter(out);
      xml.writeStartDocument("UTF-8", "1.0");
      newLine(xml);
      xml.writeStartElement("testsuites");
      xml.writeAttribute("name", "cooper " + report.version());
      for (var row : report.kustomizations()) {
        suite(xml, report, row.id().toString(), verdictsIn(report, Optional.of(row.id())));
      }
      suite(xml, report, "repository", outside(report));
      newLine(xml);
      xml.writeEndElement();
      xml.writeEndDocument();
      newLine(xml);
      xml.flush();
      out.flush();
    } catch (XMLStreamException e) {
      throw new IllegalStateException("cannot write JUnit XML", e);
    }
  }

  private static List<Verdict> verdictsIn(CheckReport report, Optional<NamespacedName> owner) {
    return report.verdicts().stream()
        .filter(verdict -> verdict.finding().kustomization().equals(owner))
        .toList();
  }

  private static List<Verdict> outside(CheckReport report) {
    var reached =
        report.kustomizations().stream().map(CheckReport.Row::id).collect(Collectors.toSet());
    return report.verdicts().stream()
        .filter(verdict -> verdict.finding().kustomization().filter(reached::contains).isEmpty())
        .toList();
  }

  private static void suite(
      XMLStreamWriter xml, CheckReport report, String name, List<Verdict> verdicts)
      throws XMLStreamException {
    long failures = verdicts.stream().filter(verdict -> fails(report, verdict)).count();
    newLine(xml);
    xml.writeStartElement("testsuite");
    xml.writeAttribute("name", clean(name));
    xml.writeAttribute("tests", Integer.toString(Math.max(1, verdicts.size())));
    xml.writeAttribute("failures", Long.toString(failures));
    if (verdicts.isEmpty()) {
      testcase(xml, report, name, "no findings", Optional.empty());
    }
    for (var verdict : verdicts) {
      testcase(
          xml,
          report,
          name,
          "%s %s".formatted(verdict.about().id(), verdict.finding().place()),
          Optional.of(verdict));
    }
    newLine(xml);
    xml.writeEndElement();
  }

  private static void testcase(
      XMLStreamWriter xml, CheckReport report, String suite, String name, Optional<Verdict> verdict)
      throws XMLStreamException {
    newLine(xml);
    xml.writeStartElement("testcase");
    xml.writeAttribute("classname", clean(suite));
    xml.writeAttribute("name", clean(name));
    if (verdict.isPresent()) {
      outcome(xml, report, verdict.get());
    }
    xml.writeEndElement();
  }

  private static void outcome(XMLStreamWriter xml, CheckReport report, Verdict verdict)
      throws XMLStreamException {
    var finding = verdict.finding();
    xml.writeAttribute("file", clean(finding.place().file()));
    xml.writeAttribute("line", Integer.toString(finding.place().line()));
    var text =
        "%s: %s%n%s%n%s"
            .formatted(
                finding.place(), finding.message(), verdict.remedy(), verdict.about().docs());
    if (fails(report, verdict)) {
      xml.writeStartElement("failure");
      xml.writeAttribute("type", verdict.severity().word());
      xml.writeAttribute("message", clean(finding.message()));
    } else {
      xml.writeStartElement("system-out");
    }
    xml.writeCharacters(clean(text));
    xml.writeEndElement();
  }

  private static boolean fails(CheckReport report, Verdict verdict) {
    return verdict.severity() == Severity.ERROR && report.isIntroduced(verdict);
  }

  /// XML 1.0 has no way to write most control characters and lone surrogates, and file names may
  /// hold them.
  private static String clean(String text) {
    return text.codePoints()
        .mapToObj(c -> legal(c) ? Character.toString(c) : "\\u%04x".formatted(c))
        .collect(Collectors.joining());
  }

  private static boolean legal(int c) {
    return c == '\n'
        || c == '\t'
        || (c >= ' ' && c < 0xD800)
        || (c > 0xDFFF && c < 0xFFFE)
        || c >= 0x10000;
  }

  private static void newLine(XMLStreamWriter xml) throws XMLStreamException {
    xml.writeCharacters("\n");
  }
}
