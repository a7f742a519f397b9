using Npgsql;
using Tieout.Application.Invoicing;
using Tieout.Shell.Tests.Database;

namespace Tieout.Shell.Tests.Documents;

/// <summary>An issued document says who sold and who bought as they were when it was made.</summary>
public sealed class PartiesOfTheDayTests(PostgresFixture postgres)
{
    private const string Move =
        """
        update customers.customer set name = name || ' Moved', street = 'New Road 7', email = 'new@example.com' where id = (
          select customer_id from customers.billing_account where code = 'C-2');
        update customers.legal_entity set name = name || ' Renamed', city = 'Newtown';
        """;

    [Fact]
    public async Task What_is_issued_stays_as_it_was_and_what_comes_after_says_what_is_new()
    {
        await using var world = await BilledWorld.Start(postgres);
        var october = await world.Number("C-2", 10);
        var before = await world.Print(october);
        await world.Database.Execute(Move);
        await world.Bill(11);
        var november = await world.Print(await world.Number("C-2", 11));
        november.Document.Buyer.Name.ShouldBe(before.Document.Buyer.Name + " Moved");
        (november.Document.Buyer.Details.Street, november.Document.Buyer.Details.Email).ShouldBe(("New Road 7", "new@example.com"));
        november.Document.Seller.Name.ShouldBe(before.Document.Seller.Name + " Renamed");

        // Changed a second time: each document finds its own.
        await world.Database.Execute(Move);
        foreach (var printed in new[] { before, november })
        {
            var again = await world.Print(printed.Document.Number);
            again.Html.ShouldBe(printed.Html);
            again.Xml.ToString().ShouldBe(printed.Xml.ToString());
        }
        // A credit memo is made today.
        var memo = await world.Print(await world.Credit(october, new CreditWish.ByAmount(1m)));
        memo.Document.Buyer.Name.ShouldBe(before.Document.Buyer.Name + " Moved Moved");
        memo.Document.Seller.Details.City.ShouldBe("Newtown");
    }

    [Fact]
    public async Task What_an_e_invoice_lacks_is_filled_in_once_and_nothing_else()
    {
        await using var world = await BilledWorld.Start(postgres);
        var october = await world.Number("C-2", 10);
        foreach (var address in new[] { "DE811569869", "DE136695976" })
            await world.Database.Execute($"update customers.customer set electronic_address = '{address}', electronic_scheme = '9930', region = 'Tyrol'");
        var details = (await world.Print(october)).Document.Buyer.Details;
        (details.ElectronicAddress, details.ElectronicScheme, details.Region).ShouldBe(("DE811569869", "9930", ""));
    }

    [Fact]
    public async Task Only_what_is_printed_is_kept_and_never_changed()
    {
        await using var world = await BilledWorld.Start(postgres);
        var kept = await world.Database.Scalar<long>("select count(*) from customers.party_history");
        await world.Database.Execute("update customers.customer set level = 'gold', name = name; update customers.legal_entity set closed_through = '2020-01-31'");
        (await world.Database.Scalar<long>("select count(*) from customers.party_history")).ShouldBe(kept);
        await world.Database.Execute(Move);
        (await Should.ThrowAsync<PostgresException>(() => world.Database.Execute("delete from customers.party_history"))).ConstraintName.ShouldBe("booked_is_booked");
    }
}
