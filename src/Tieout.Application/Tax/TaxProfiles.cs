using System.Globalization;
using Dapper;
using Npgsql;
using Tieout.Application.Database;
using Tieout.Domain;
using Tieout.Domain.Intake;
using Tieout.Domain.Tax;

namespace Tieout.Application.Tax;

/// <summary>A tax profile as it is entered and shown; days as text, such as 2026-11-02.</summary>
/// <param name="Country">ISO 3166 of where the customer belongs; Greece is GR here.</param>
/// <param name="Postcode">Decides about territories such as the Canary Islands.</param>
/// <param name="Region">State or province, for tax engines.</param>
/// <param name="Business">False for a consumer.</param>
/// <param name="VatNumber">With its country in front, such as DE136695976.</param>
/// <param name="VatCheck">What VIES said, where it was asked; null for our own check of format and digits.</param>
/// <param name="Exemption">A certificate that frees the customer from tax.</param>
public sealed record TaxProfileForm(
    string Country, string? Postcode = null, string? Region = null, bool Business = false, string? VatNumber = null,
    TaxProfileForm.Check? VatCheck = null, TaxProfileForm.Certificate? Exemption = null)
{
    /// <summary>A check of the VAT number.</summary>
    /// <param name="Kind"><c>format</c> or <c>vies</c>.</param>
    /// <param name="On">The day; needed for vies.</param>
    /// <param name="Consultation">The consultation number of VIES, the evidence.</param>
    public sealed record Check(string Kind, string? On = null, string? Consultation = null);

    /// <summary>A certificate of exemption; <paramref name="Until"/> is the first day it is no longer valid.</summary>
    public sealed record Certificate(string Number, string From, string? Until = null);
}

/// <summary>What came of saving a profile.</summary>
public abstract record TaxProfileOutcome
{
    private TaxProfileOutcome() { }

    /// <summary>It stands, in this form.</summary>
    public sealed record Saved(TaxProfileForm Profile) : TaxProfileOutcome;

    /// <summary>No customer has the code.</summary>
    public sealed record NoCustomer : TaxProfileOutcome;

    /// <summary>Fields that cannot be meant, each with reason and remedy; nothing was written.</summary>
    public sealed record Refused(IReadOnlyDictionary<string, string> Fields) : TaxProfileOutcome;
}

/// <summary>Customers' tax profiles.</summary>
public sealed class TaxProfiles(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>The profile of a customer; null when there is no such customer or it has none.</summary>
    public async Task<TaxProfileForm?> Read(string customer, CancellationToken cancel)
    {
        var row = await database.Row<TaxProfileRow>(
            $"""
            select {TaxProfileRow.Columns}
            from customers.customer join tax.profile on profile.customer_id = customer.id
            where customer.tenant = 1 and customer.code = @customer
            """, new { customer }, cancel);
        return row is null ? null : Form(row);
    }

    /// <summary>Puts the profile in place of the one before. Invoices already drawn keep the tax they were drawn with.</summary>
    public async Task<TaxProfileOutcome> Save(string customer, TaxProfileForm form, string actor, CancellationToken cancel)
    {
        var checkedForm = new TaxProfileCheck(form);
        if (checkedForm.Profile is not { } profile) return new TaxProfileOutcome.Refused(checkedForm.Errors);
        await using var connection = await database.OpenConnectionAsync(cancel);
        var saved = await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into tax.profile (customer_id, country, postcode, region, business, vat_number, vat_check, vat_checked_on, vat_consultation,
              exemption_no, exemption_from, exemption_until, changed_by, changed_at)
            select id, @Country, @Postcode, @Region, @Business, @vat, @check, @On, @consultation, @Certificate, @From, @Until, @actor, @now
            from customers.customer where tenant = 1 and code = @customer
            on conflict (customer_id) do update set country = excluded.country, postcode = excluded.postcode, region = excluded.region,
              business = excluded.business, vat_number = excluded.vat_number, vat_check = excluded.vat_check,
              vat_checked_on = excluded.vat_checked_on, vat_consultation = excluded.vat_consultation, exemption_no = excluded.exemption_no,
              exemption_from = excluded.exemption_from, exemption_until = excluded.exemption_until,
              changed_by = excluded.changed_by, changed_at = excluded.changed_at
            """,
            new
            {
                customer,
                actor,
                now = clock.GetUtcNow(),
                profile.Country,
                profile.Postcode,
                profile.Region,
                profile.Business,
                vat = profile.Vat?.Number.ToString(),
                check = profile.Vat is { } vat ? Words.Of(vat.Kind) : null,
                profile.Vat?.On,
                consultation = profile.Vat?.Consultation ?? "",
                profile.Exemption?.Certificate,
                profile.Exemption?.From,
                profile.Exemption?.Until,
            }, cancellationToken: cancel));
        return saved == 0 ? new TaxProfileOutcome.NoCustomer() : new TaxProfileOutcome.Saved((await Read(customer, cancel))!);
    }

    private static TaxProfileForm Form(TaxProfileRow row) => new(
        row.Country, Given(row.Postcode), Given(row.Region), row.Business, row.VatNumber,
        row.VatCheck is null ? null : new TaxProfileForm.Check(row.VatCheck, Day(row.VatCheckedOn), Given(row.VatConsultation)),
        row.ExemptionNo is null ? null : new TaxProfileForm.Certificate(row.ExemptionNo, Day(row.ExemptionFrom)!, Day(row.ExemptionUntil)));

    private static string? Given(string text) => text.Length > 0 ? text : null;

    private static string? Day(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>Judges a form as a whole: either a profile, or every field that is wrong.</summary>
internal sealed class TaxProfileCheck
{
    private const int LongestPostcode = 20;
    private const int LongestRegion = 50;
    private readonly Dictionary<string, string> _errors = new(StringComparer.Ordinal);

    public TaxProfileCheck(TaxProfileForm form)
    {
        var country = form.Country.Trim();
        if (country is "EL" or "UK") Wrong("country", $"ISO 3166 writes {(country == "EL" ? "GR for Greece" : "GB for the United Kingdom")}. Correct the field.");
        else if (FieldRules.OfCountry(country) is { } bad) Wrong("country", $"The country {bad.Reason}. {bad.Remedy}");
        var postcode = Text("postcode", form.Postcode, LongestPostcode);
        var region = Text("region", form.Region, LongestRegion);
        var vat = Vat(form, country);
        var exemption = Exemption(form.Exemption);
        if (_errors.Count == 0) Profile = new TaxProfile(country, postcode, region, form.Business, vat, exemption);
    }

    public TaxProfile? Profile { get; }

    public IReadOnlyDictionary<string, string> Errors => _errors;

    private VatEvidence? Vat(TaxProfileForm form, string country)
    {
        if (string.IsNullOrWhiteSpace(form.VatNumber))
        {
            if (form.VatCheck is not null) Wrong("vatCheck", "There is no VAT number that was checked. Give the number, or leave the check out.");
            return null;
        }
        if (FieldRules.OfText(form.VatNumber) is { } odd) { Wrong("vatNumber", $"The VAT number {odd.Reason}. {odd.Remedy}"); return null; }
        var (number, refusal) = VatNumber.Read(form.VatNumber);
        if (number is null) Wrong("vatNumber", $"This VAT number {refusal!.Reason}. {refusal.Remedy}");
        else if (!form.Business) Wrong("business", "A VAT number belongs to a business. Set business to true, or leave the number out.");
        else if (EuVat.AreaOf(number.Country) != EuVat.AreaOf(country))
            Wrong("vatNumber", $"A VAT number of {number.Country} does not go with country {country}. Give the number of the country the customer belongs to.");
        return number is null ? null : Evidence(number, form.VatCheck);
    }

    private VatEvidence? Evidence(VatNumber number, TaxProfileForm.Check? check)
    {
        var consultation = Text("vatCheck.consultation", check?.Consultation, FieldRules.LongestText);
        if (check is null or { Kind: "format" }) return new VatEvidence(number);
        if (check.Kind != "vies") { Wrong("vatCheck.kind", "A check is 'format' or 'vies'."); return null; }
        if (check.On is null) { Wrong("vatCheck.on", "Say on which day VIES was asked, such as 2026-11-02."); return null; }
        return Day("vatCheck.on", check.On) is { } on ? new VatEvidence(number, VatCheckKind.Vies, on, consultation) : null;
    }

    private Exemption? Exemption(TaxProfileForm.Certificate? certificate)
    {
        if (certificate is null) return null;
        var number = Text("exemption.number", certificate.Number, FieldRules.LongestText);
        if (number.Length == 0) Wrong("exemption.number", "A certificate has a number. Give it.");
        var from = Day("exemption.from", certificate.From);
        var until = string.IsNullOrEmpty(certificate.Until) ? null : Day("exemption.until", certificate.Until);
        if (until <= from) Wrong("exemption.until", "This is the first day it is no longer valid, so it is later than 'from'.");
        return _errors.Count == 0 ? new Exemption(number, from!.Value, until) : null;
    }

    private string Text(string field, string? value, int longest)
    {
        var text = value?.Trim() ?? "";
        if (text.Length > longest) Wrong(field, string.Create(CultureInfo.InvariantCulture, $"At most {longest} characters."));
        else if (FieldRules.OfText(text) is { } bad) Wrong(field, $"The text {bad.Reason}. {bad.Remedy}");
        return text;
    }

    private DateOnly? Day(string field, string text)
    {
        if (FieldRules.OfDate(text, "yyyy-MM-dd", out var day) is not { } bad) return day;
        Wrong(field, $"This {bad.Reason}. {bad.Remedy}");
        return null;
    }

    private void Wrong(string field, string text) => _errors.TryAdd(field, text);
}
