namespace Tieout.Domain.Invoicing.Documents;

/// <summary>
/// The style of a printed document. Sizes are in points and millimetres, so that screen and paper agree; the address lies where
/// windows of DIN 5008 and of No. 10 envelopes show it, 45 mm below the upper edge.
/// </summary>
internal static class InvoiceStyle
{
    /// <summary>The style sheet; the seller's name and the title run along on the pages after the first.</summary>
    public static string Of(string seller, string title, Paper paper)
    {
        // Letter is 18 mm shorter: narrower margins give an ordinary invoice its one page there too.
        var (size, width, margin) = paper == Paper.A4 ? ("A4", "210mm", "18mm 18mm 20mm 20mm") : ("Letter", "215.9mm", "14mm 18mm 16mm 20mm");
        return $$"""
            @page {
              size: {{size}}; margin: {{margin}};
              @top-left { content: {{Printable.Css(title)}}; font: 8pt {{Fonts}}; color: #5b6676; }
              @top-right { content: {{Printable.Css(seller)}}; font: 8pt {{Fonts}}; color: #5b6676; }
              @bottom-right { content: "Page " counter(page) " of " counter(pages); font: 8pt {{Fonts}}; color: #5b6676; }
              @bottom-left { content: {{Printable.Css(title)}}; font: 8pt {{Fonts}}; color: #5b6676; }
            }
            @page :first { @top-left { content: none; } @top-right { content: none; } }
            :root { --sheet: {{width}}; }
            {{Rules}}
            """;
    }

    private const string Fonts = "Inter, \"Segoe UI\", \"Helvetica Neue\", Arial, \"Liberation Sans\", \"Noto Sans\", \"DejaVu Sans\", sans-serif";

    private const string Rules =
        $$"""
        * { box-sizing: border-box; margin: 0; padding: 0; }
        html { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
        body { font: 9pt/1.45 {{Fonts}}; color: #1c2430; background: #e9ecf0; font-variant-numeric: tabular-nums; }
        main { position: relative; width: var(--sheet); min-height: 297mm; margin: 10mm auto; padding: 18mm 18mm 20mm 20mm; background: #fff;
          box-shadow: 0 1mm 6mm rgb(20 30 50 / 18%); }
        .top { display: flex; justify-content: space-between; align-items: baseline; gap: 8mm; min-height: 21mm; border-top: 1.2mm solid #16325c;
          padding-top: 5mm; }
        .brand { font-size: 13pt; font-weight: 700; color: #16325c; max-width: 105mm; overflow-wrap: anywhere; line-height: 1.25; }
        h1 { font-size: 21pt; font-weight: 300; letter-spacing: .01em; color: #1c2430; line-height: 1; white-space: nowrap; }
        h2 { font-size: 7.5pt; font-weight: 700; letter-spacing: .08em; text-transform: uppercase; color: #5b6676; margin-bottom: 1.2mm; break-after: avoid; }
        .standing { margin-bottom: 4mm; padding: 2mm 3mm; border-left: 1mm solid #b3261e; background: #fdf1f0; color: #7d1b15; font-weight: 600; }
        .opening { display: flex; justify-content: space-between; align-items: flex-start; gap: 10mm; }
        .window { width: 85mm; min-height: 40mm; padding-top: 3mm; }
        .sender { font-size: 6.5pt; color: #5b6676; border-bottom: .2mm solid #c5ccd6; padding-bottom: .8mm; margin-bottom: 2.5mm; overflow-wrap: anywhere; }
        address { font-style: normal; font-size: 10pt; line-height: 1.4; overflow-wrap: anywhere; }
        address .name { font-weight: 600; }
        .facts { width: 74mm; padding-top: 3mm; }
        .facts div { display: flex; justify-content: space-between; gap: 4mm; padding: .7mm 0; border-bottom: .2mm solid #e3e7ec; }
        dt { color: #5b6676; white-space: nowrap; }
        .facts dd { font-weight: 600; text-align: end; overflow-wrap: anywhere; }
        .summary { display: flex; gap: 14mm; margin: 5mm 0 6mm; padding: 3mm 5mm; background: #f1f4f8; border-radius: 1.2mm; break-inside: avoid; }
        .summary span { display: block; font-size: 7.5pt; color: #5b6676; }
        .summary strong { font-size: 15pt; font-weight: 600; color: #16325c; white-space: nowrap; }
        table { width: 100%; border-collapse: collapse; }
        thead { display: table-header-group; }
        th { text-align: start; font-weight: 600; }
        .lines thead th { font-size: 7.5pt; color: #5b6676; padding: 0 0 1.6mm; border-bottom: .35mm solid #16325c; vertical-align: bottom; }
        .lines td { padding: 1.4mm 0; border-bottom: .2mm solid #e3e7ec; vertical-align: top; }
        .lines .no { width: 9mm; color: #5b6676; padding-right: 2mm; white-space: nowrap; }
        .lines .what { width: 99%; overflow-wrap: anywhere; }
        .num, .lines thead .num, .lines td.num { text-align: right; white-space: nowrap; padding-left: 5mm; }
        .amount { font-weight: 600; }
        tr { break-inside: avoid; }
        .lines .group th { padding: 3mm 0 1mm; color: #16325c; border-bottom: .2mm solid #c5ccd6; break-after: avoid; overflow-wrap: anywhere; }
        .group { break-after: avoid; }
        .sub { font-size: 7.8pt; line-height: 1.35; color: #5b6676; }
        .window p, .what p, .group th, .brand { text-align: left; }
        .end { break-inside: avoid; }
        .lines .total td, .lines .total th { border-bottom: 0; padding: 1mm 0; font-weight: 400; }
        .lines .total th { text-align: end; color: #3d4756; }
        .lines .first td, .lines .first th { padding-top: 3mm; }
        .lines .sum th, .lines .sum td { font-weight: 700; color: #1c2430; }
        .lines .grand th, .lines .grand td { font-size: 11pt; font-weight: 700; color: #16325c; padding: 1.8mm 0; }
        .lines .grand th, .lines .grand .num { border-top: .35mm solid #16325c; border-bottom: .35mm solid #16325c; }
        section.taxes, section.payment, section.notes { margin-top: 5mm; break-inside: avoid; }
        .taxes table { width: auto; min-width: 90mm; margin-bottom: 1.5mm; }
        .taxes th { font-size: 7.5pt; color: #5b6676; border-bottom: .2mm solid #c5ccd6; padding-bottom: .8mm; }
        .taxes td { padding: .8mm 0; }
        .bank { display: grid; grid-template-columns: auto auto; justify-content: start; gap: .6mm 12mm; margin-top: 1.5mm; }
        .bank div { display: flex; gap: 3mm; }
        .bank dt { min-width: 30mm; }
        .bank dd { font-weight: 600; overflow-wrap: anywhere; }
        .notes p { white-space: pre-line; overflow-wrap: anywhere; }
        .imprint { display: flex; justify-content: space-between; gap: 8mm; margin-top: 7mm; padding-top: 2.5mm; border-top: .2mm solid #c5ccd6;
          font-size: 7.2pt; line-height: 1.5; color: #5b6676; break-inside: avoid; break-before: avoid; overflow-wrap: anywhere; }
        .imprint .name { font-weight: 600; color: #3d4756; }
        .mark { position: fixed; inset: 0; z-index: 9; display: flex; align-items: center; justify-content: center; font-size: 120pt; font-weight: 800;
          letter-spacing: .06em; color: rgb(179 38 30 / 11%); transform: rotate(-32deg); pointer-events: none; }
        @media print {
          body { background: none; }
          main { width: auto; min-height: 0; margin: 0; padding: 0; box-shadow: none; }
        }
        @media screen and (max-width: 210mm) {
          main { width: auto; margin: 0; padding: 6mm; }
          .opening, .imprint { flex-direction: column; }
          .lines { display: block; overflow-x: auto; }
        }
        """;
}
