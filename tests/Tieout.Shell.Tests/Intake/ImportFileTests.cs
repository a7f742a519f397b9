using System.Text;
using Tieout.Application.Intake;
using Tieout.Domain.Intake;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Intake;

public sealed class ImportFileTests(PostgresFixture postgres)
{
    private const string Header = "id,name,start,price\n";
    private const string Good = "C1,Żółć & Söhne,2026-01-31,29.85\n";

    [Fact]
    public async Task A_row_brings_its_customer_account_subscription_and_component_under_one_correlation()
    {
        await using var database = await Ready();
        var finished = await Import(database, Header + Good);
        (finished.Received, finished.Accepted).ShouldBe((1, 1));
        (await database.Scalar<long>(
            """
            select count(*)
            from intake.row
            join customers.customer using (correlation_id)
            join customers.billing_account account using (correlation_id)
            join subscriptions.subscription subscription using (correlation_id)
            join subscriptions.component component on component.subscription_id = subscription.id
            where row_no = 2 and row_key = 'C1' and outcome = 'accepted' and customer.name = 'Żółć & Söhne'
              and account.currency = 'USD' and agreed_price = 29.85 and quantity = 1 and start_date = '2026-01-31' and end_date is null
            """)).ShouldBe(1);
        (await database.Scalar<string>("select state || ' ' || done || '/' || total from runs.run where kind = 'import'")).ShouldBe("finished 1/1");
    }

    [Fact]
    public async Task A_customers_address_and_an_accounts_order_are_stored_and_changed_ones_refused()
    {
        await using var database = await Ready();
        const string Mapping =
            """
            customer: {code: {column: id}, name: {column: name}, street: {column: street}, city: Lille, postcode: "59800", vat-number: {column: vat},
              email: a@example.com, electronic-address: {column: vat}, electronic-scheme: 9957}
            account: {code: {column: id}, legal-entity: US, tax-code: T, purchase-order: {column: po}, invoice-note: "Thank you.",
              discount-percent: {column: off}, discount-days: 10}
            """;
        const string File = "id,name,street,vat,po,off\nC1,Clair,rue 1,FR40303265045,PO-1,2.5\n";
        (await Books.Import(database, File, Mapping)).ShouldBeOfType<ImportOutcome.Finished>().Accepted.ShouldBe(1);
        (await Books.Import(database, File, Mapping)).ShouldBeOfType<ImportOutcome.Finished>().Unchanged.ShouldBe(1);
        (await database.Scalar<string>(
            """
            select concat_ws('|', c.street, c.city, c.postcode, c.region, c.vat_number, c.email, c.electronic_address, c.electronic_scheme, a.purchase_order, a.invoice_note,
                             a.discount_percent, a.discount_days)
            from customers.customer c join customers.billing_account a on a.customer_id = c.id
            """)).ShouldBe("rue 1|Lille|59800||FR40303265045|a@example.com|FR40303265045|9957|PO-1|Thank you.|2.5000|10");
        foreach (var (from, to, field) in new[] { ("rue 1", "rue 2", "customer code"), ("PO-1", "PO-2", "account code"), (",2.5", ",3", "account code") })
        {
            var refused = (await Books.Import(database, File.Replace(from, to, StringComparison.Ordinal), Mapping)).ShouldBeOfType<ImportOutcome.Finished>();
            refused.FirstRefused.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
                row => row.Code.ShouldBe(RefusalCode.KeyTaken), row => row.Field.ShouldBe(field));
        }
    }

    [Fact]
    public async Task Time_zone_level_tax_profile_and_trial_are_stored_and_read_back_the_same()
    {
        await using var database = await postgres.CreateDatabase();
        await Books.SetUp(database, Books.Small.Replace("    prices:\n", "    trial-days: 14\n    prices:\n", StringComparison.Ordinal));
        const string Mapping =
            """
            customer: {code: {column: id}, name: {column: name}, country: FR, level: {column: level}, tax-profile: {postcode: "59800", vat-number: {column: vat}}}
            account: {code: {column: id}, legal-entity: US, tax-code: T, time-zone: {column: zone}}
            subscription: {code: {column: id}, plan: TEAM, start: 2026-01-01, trial: plan}
            components:
              - {component: base}
            """;
        const string File = "id,name,level,vat,zone\nC1,Clair,gold,FR40303265045,Europe/Paris\nC2,Lune,,,UTC\n";
        (await Books.Import(database, File, Mapping)).ShouldBeOfType<ImportOutcome.Finished>().Accepted.ShouldBe(2);
        (await database.Scalar<string>(
            """
            select string_agg(concat_ws('|', c.level, a.time_zone, p.country, p.postcode, p.business, p.vat_number, s.trial_end, s.anchor_date, s.state), ' ' order by c.code)
            from customers.customer c join customers.billing_account a on a.customer_id = c.id join tax.profile p on p.customer_id = c.id
            join subscriptions.subscription s on s.billing_account_id = a.id
            """)).ShouldBe("gold|Europe/Paris|FR|59800|t|FR40303265045|2026-01-15|2026-01-15|trialing |UTC|FR|59800|f|2026-01-15|2026-01-15|trialing");
        (await Books.Import(database, File + "\n", Mapping)).ShouldBeOfType<ImportOutcome.Finished>().Unchanged.ShouldBe(2);
        foreach (var (from, to, code) in new[]
            { ("gold", "silver", RefusalCode.KeyTaken), ("Europe/Paris", "Europe/Berlin", RefusalCode.KeyTaken), ("Europe/Paris", "Paris", RefusalCode.UnknownTimeZone),
              ("FR40303265045", "FR40303265046", RefusalCode.BadVatNumber) })
            (await Books.Import(database, File.Replace(from, to, StringComparison.Ordinal), Mapping)).ShouldBeOfType<ImportOutcome.Finished>()
                .FirstRefused.ShouldHaveSingleItem().Code.ShouldBe(code);
    }

    [Fact]
    public async Task Importing_twice_adds_nothing()
    {
        await using var database = await Ready();
        var file = Header + Good + "C2,Acme,2026-02-01,\nC3,,2026-02-01,1\n";
        await Import(database, file);
        var again = await Import(database, file);
        (again.Received, again.Accepted, again.Unchanged, again.Refused).ShouldBe((3, 0, 2, 1));
        (await Books.Count(database, "subscriptions.component")).ShouldBe(2);
        (await database.Scalar<long>("select count(distinct correlation_id) from intake.row where row_key = 'C1'")).ShouldBe(1);
    }

    [Theory]
    [InlineData("C9,,2026-01-01,1", RefusalCode.Missing, "name")]
    [InlineData(",Acme,2026-01-01,1", RefusalCode.Missing, "id")]
    [InlineData("C9,Acme,2026-02-30,1", RefusalCode.BadDate, "start")]
    [InlineData("C9,Acme,2026-01-01,-1", RefusalCode.BadNumber, "price")]
    [InlineData("C9,Acme,2026-01-01,NaN", RefusalCode.BadNumber, "price")]
    [InlineData("C9,Acme,2026-01-01,0.0000000000001", RefusalCode.BadNumber, "price")]
    [InlineData("C9,Acme,2026-01-01,99999999999999999", RefusalCode.BadNumber, "price")]
    [InlineData("C9,Acme,2026-01-01", RefusalCode.Ragged, "")]
    [InlineData("C9,Acme,2026-01-01,1,2", RefusalCode.Ragged, "")]
    [InlineData("C9,\"Ac\nme\",2026-01-01,1", RefusalCode.ControlCharacter, "name")]
    [InlineData("C9,4111 1111 1111 1111,2026-01-01,1", RefusalCode.CardNumber, "name")]
    [InlineData("4111111111111111,Acme,2026-01-01,1", RefusalCode.CardNumber, "id")]
    [InlineData("C9,\"Acme,2026-01-01,1", RefusalCode.Malformed, "")]
    [InlineData("C9,Acme \"Bob\",2026-01-01,1", RefusalCode.Malformed, "")]
    [InlineData("C1,Żółć & Söhne,2026-01-31,29.85", RefusalCode.Duplicate, "key")]
    [InlineData("OLD,Other name,2026-01-01,1", RefusalCode.KeyTaken, "customer code")]
    [InlineData("OLD,Old,2026-01-01,2", RefusalCode.KeyTaken, "subscription code")]
    public async Task A_bad_row_is_refused_with_its_line_field_and_remedy_and_stops_no_other(string row, string code, string field)
    {
        await using var database = await Ready();
        await Import(database, Header + "OLD,Old,2026-01-01,1\n");
        var finished = await Import(database, Header + Good + row + "\nC3,Acme,2026-01-01,1\n");
        (finished.Accepted, finished.Refused).ShouldBe((2, 1));
        var refused = finished.FirstRefused.ShouldHaveSingleItem();
        (refused.RowNo, refused.Code, refused.Field).ShouldBe((3, code, field));
        refused.Reason.ShouldNotBeEmpty();
        refused.Remedy.ShouldNotBeEmpty();
        (await Books.Count(database, "customers.customer")).ShouldBe(3);
        (await Books.Count(database, "subscriptions.subscription")).ShouldBe(3);
        // Eight digits of the card: fewer of them stand in a random id now and then.
        var stored = await database.Scalar<string>("select string_agg(r::text, ' ') from intake.row r");
        stored.Replace(" ", "", StringComparison.Ordinal).ShouldNotContain("41111111");
    }

    [Fact]
    public async Task Rows_may_share_a_customer_and_an_account()
    {
        await using var database = await Ready();
        var mapping = Books.Mapping.Replace("subscription: {code: {column: id}", "subscription: {code: {column: sub}", StringComparison.Ordinal);
        var finished = await Books.Import(database, "id,sub,name,start,price\nC1,S1,Acme,2026-01-01,1\nC1,S2,Acme,2026-01-01,2\nC1,S3,Other,2026-01-01,2\n", mapping);
        finished.ShouldBeOfType<ImportOutcome.Finished>().ShouldSatisfyAllConditions(
            it => it.Accepted.ShouldBe(2), it => it.FirstRefused.ShouldHaveSingleItem().Code.ShouldBe(RefusalCode.KeyTaken));
        (await Books.Count(database, "customers.billing_account")).ShouldBe(1);
    }

    [Fact]
    public async Task A_file_of_customers_only_is_fine()
    {
        await using var database = await Ready();
        (await Books.Import(database, "id,name\nC1,Acme\n", "customer: {code: {column: id}, name: {column: name}}"))
            .ShouldBeOfType<ImportOutcome.Finished>().Accepted.ShouldBe(1);
    }

    public static TheoryData<string, byte[], string, string> FilesThatDiffer => new()
    {
        { "byte order mark", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Header + Good)], "", "Żółć & Söhne" },
        { "CRLF", Encoding.UTF8.GetBytes((Header + Good).ReplaceLineEndings("\r\n")), "", "Żółć & Söhne" },
        {
            "semicolons", Encoding.UTF8.GetBytes("id;name;start;price\nC1;Acme, Inc.;31.01.2026;29,85\n"),
            "file: {delimiter: ';', decimal-point: ',', date-format: dd.MM.yyyy}\n", "Acme, Inc."
        },
        { "latin-1", Encoding.Latin1.GetBytes(Header + "C1,Söhne,2026-01-31,29.85"), "file: {encoding: iso-8859-1}\n", "Söhne" },
        { "utf-16", [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Header + Good)], "file: {encoding: utf-16}\n", "Żółć & Söhne" },
        { "columns in another order and more of them", Encoding.UTF8.GetBytes("x,price,y,start,name,id\n\"a\nb\",29.85,,2026-01-31,Acme,C1\n"), "", "Acme" },
    };

    [Theory]
    [MemberData(nameof(FilesThatDiffer))]
    public async Task Files_may_be_written_in_other_ways(string kind, byte[] file, string format, string name)
    {
        await using var database = await Ready();
        (await Books.Import(database, file, format + Books.Mapping)).ShouldBeOfType<ImportOutcome.Finished>(kind).Accepted.ShouldBe(1, kind);
        (await database.Scalar<string>("select name from customers.customer")).ShouldBe(name);
        (await database.Scalar<decimal>("select agreed_price from subscriptions.component")).ShouldBe(29.85m);
        (await database.Scalar<DateOnly>("select start_date from subscriptions.subscription")).ShouldBe(new DateOnly(2026, 1, 31));
    }

    public static TheoryData<byte[], string> FilesThatCannotBeUsed => new()
    {
        { [], "is empty" },
        { [0xEF, 0xBB, 0xBF], "is empty" },
        { "\n\n"u8.ToArray(), "is empty" },
        { "id,name,start\nC1,Acme,2026-01-01\n"u8.ToArray(), "no column 'price', which the mapping reads. Its header, line 1, has 'id', 'name', 'start'" },
        { "id;name;start;price\n"u8.ToArray(), "Is ',' the right delimiter?" },
        { "id,name,name,start,price\n"u8.ToArray(), "two columns 'name'" },
        { "\"id,name\n"u8.ToArray(), "The header, line 1, is not CSV" },
        { Encoding.Latin1.GetBytes(Header + "C1,Acme,2026-01-31,1\nC2,Söhne,2026-01-31,29.85\n"), "Line 3 is not UTF-8" },
        { [.. "id,name"u8, 0xC3], "Line 1 is not UTF-8" },
        { [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Header)], "is UTF-16" },
        { [.. "id,name,start,price\nC1,"u8, 0, .. "\n"u8], "Line 2 holds a zero byte" },
    };

    [Theory]
    [MemberData(nameof(FilesThatCannotBeUsed))]
    public async Task A_file_that_cannot_be_used_is_one_clear_problem_and_nothing_is_written(byte[] file, string problem)
    {
        await using var database = await Ready();
        (await Books.Import(database, file)).ShouldBeOfType<ImportOutcome.NotBegun>().Problem.ShouldContain(problem);
        (await Books.Count(database, "runs.run")).ShouldBe(0);
    }

    [Fact]
    public async Task A_header_alone_is_an_import_of_no_rows()
    {
        await using var database = await Ready();
        (await Import(database, Header)).Received.ShouldBe(0);
    }

    private async Task<TestDatabase> Ready()
    {
        var database = await postgres.CreateDatabase();
        await Books.SetUp(database);
        return database;
    }

    private static async Task<ImportOutcome.Finished> Import(TestDatabase database, string file) =>
        (await Books.Import(database, file)).ShouldBeOfType<ImportOutcome.Finished>();
}
