using Tieout.Application.Database;
using Tieout.Domain.Usage;

namespace Tieout.Application.Usage;

/// <summary>An event with everything that is to be stored of it.</summary>
internal sealed record PlacedEvent(IncomingEvent Incoming, UsageSubject Subject, DateOnly Day, int SourceNo, int TypeNo)
{
    public EventKey Key => new(Incoming.Source, Incoming.Id);
}

/// <summary>Events as rows of the staging table, which has the columns of <c>usage.event</c> but for the batch.</summary>
internal static class EventCopy
{
    public const string Staging =
        """
        create temp table if not exists usage_staging (
          at timestamptz not null, content bigint not null, billing_account_id uuid not null, subscription_id uuid not null,
          source_no int not null, type_no int not null, day date not null, id text not null,
          meters int[] not null, amounts numeric[] not null, group_keys text[], unique_keys uuid[]) on commit delete rows
        """;

    public const string Copy = $"copy pg_temp.usage_staging ({Columns}) from stdin (format binary)";

    /// <summary>One column more than it copies: the batch is the statement's parameter.</summary>
    public const string Insert =
        $"insert into usage.event (batch, {Columns}) select $1, {Columns} from pg_temp.usage_staging on conflict (source_no, id) do nothing";

    private const string Columns =
        "at, content, billing_account_id, subscription_id, source_no, type_no, day, id, meters, amounts, group_keys, unique_keys";

    public static void Write(BinaryRows rows, IReadOnlyList<PlacedEvent> events)
    {
        rows.Begin();
        foreach (var placed in events)
        {
            rows.Row();
            rows
                .Instant(placed.Incoming.At).Long(placed.Incoming.Content).Uuid(placed.Subject.Account.Value).Uuid(placed.Subject.Subscription.Value)
                .Int(placed.SourceNo).Int(placed.TypeNo).Date(placed.Day).Text(placed.Incoming.Id)
                .Ints(placed.Incoming.Measured.Meters).Numbers(placed.Incoming.Measured.Amounts)
                .Texts(placed.Incoming.Measured.GroupKeys).Uuids(placed.Incoming.Measured.UniqueKeys);
        }
        rows.End();
    }
}
