using System.Globalization;
using Dapper;
using Npgsql;
using Tieout.Domain.Intake;
using Tieout.Domain.Webhooks;

namespace Tieout.Application.Webhooks;

/// <summary>Writes down how an attempt ended and where its delivery stands since.</summary>
internal static class DeliveryAttempt
{
    /// <summary>What came of it, in a line.</summary>
    public static string Detail(DeliveryAnswer answer) => answer switch
    {
        DeliveryAnswer.Answered answered => string.Create(CultureInfo.InvariantCulture, $"HTTP {answered.Status}"),
        DeliveryAnswer.NoAnswer silent => silent.Reason,
        DeliveryAnswer.NotSent unsent => unsent.Reason,
        _ => throw new InvalidOperationException($"No words for {answer}."),
    };

    /// <summary>The attempt's end, whether its claim still stands or not: it was made.</summary>
    public static Task End(NpgsqlConnection connection, ClaimedDelivery delivery, DeliveryAnswer answer, TimeSpan took) => connection.ExecuteAsync(
        """
        update webhooks.attempt set duration_ms = @duration, outcome = @outcome, status = @status, answer = @text, detail = @detail
        where delivery_id = @Id and number = @Attempts and claim = @Claim and outcome is null
        """,
        new
        {
            delivery.Id,
            delivery.Attempts,
            delivery.Claim,
            duration = (int)Math.Clamp(took.TotalMilliseconds, 0, int.MaxValue),
            outcome = answer switch
            {
                DeliveryAnswer.Answered when DeliveryDecision.Took(answer) => "delivered",
                DeliveryAnswer.Answered => "refused",
                DeliveryAnswer.NoAnswer => "no-answer",
                _ => "not-sent",
            },
            status = (answer as DeliveryAnswer.Answered)?.Status,
            text = Kept((answer as DeliveryAnswer.Answered)?.Text ?? ""),
            detail = Detail(answer),
        });

    /// <summary>Where the delivery stands since; false when the claim was lost.</summary>
    public static async Task<bool> Move(
        NpgsqlConnection connection, ClaimedDelivery delivery, DeliveryAnswer answer, DeliveryDecision decision, DateTimeOffset now) =>
        await connection.ExecuteAsync(
            """
            update webhooks.delivery set state = @state, due_at = @due, claim = null, status = @status, detail = @detail, changed_at = @now
            where id = @Id and claim = @Claim and attempts = @Attempts and state = 'waiting'
            """,
            new
            {
                delivery.Id,
                delivery.Claim,
                delivery.Attempts,
                state = decision switch { DeliveryDecision.Delivered => "delivered", DeliveryDecision.Again => "waiting", _ => "failed" },
                due = (decision as DeliveryDecision.Again)?.NotBefore,
                status = (answer as DeliveryAnswer.Answered)?.Status,
                detail = Detail(answer),
                now,
            }) > 0;

    // What a receiver says is not ours to judge, but the number of a card is kept nowhere.
    private static string Kept(string text) => CardNumber.IsIn(text) ? "(Held what looks like the number of a payment card; not kept.)" : text;
}
