using System.Text.Json;
using Tieout.Domain.Posting;

namespace Tieout.Connectors.Dynamics;

/// <summary>Reads the answer to a <c>$batch</c> of journals, and tells refusals.</summary>
internal static class CreateAnswer
{
    /// <summary>
    /// Decides about those that were not created; those that were stay open for the second step. What the answer does not mention, or says
    /// in a way that nobody can read, is in doubt.
    /// </summary>
    public static void Settle(TwoSteps.Run run, IReadOnlyList<int> part, DynamicsReply.Answered answered, DynamicsSettings settings)
    {
        IReadOnlyList<ChangeSetAnswer> answers;
        try
        {
            answers = ODataBatch.Read(answered.ContentType, answered.Body);
        }
        catch (FormatException broken)
        {
            run.Fill(part, new DeliveryOutcome.NoAnswer($"The answer of Dynamics 365 cannot be read: {broken.Message}."));
            return;
        }
        foreach (var (position, index) in part.Index())
            if (Outcome(position < answers.Count ? answers[position] : null, run.Journals[index], settings) is { } outcome) run.Outcomes[index] = outcome;
    }

    /// <summary>A refusal in the words of a finance person, or "not now" where somebody was faster.</summary>
    /// <param name="text">Dynamics' words.</param>
    /// <param name="journal">What we sent.</param>
    /// <param name="settings">The target.</param>
    /// <param name="leftBehind">Number of the journal that stands there created and not posted; empty when nothing is left.</param>
    public static DeliveryOutcome Refusal(string text, Journal journal, DynamicsSettings settings, string leftBehind = "") => IsLocked(text, journal, settings)
        ? new DeliveryOutcome.NotSent($"Somebody else works on {journal.Key} in Dynamics 365.", ThisDocument: true)
        : new DeliveryOutcome.Refused(DynamicsFindings.Of(DynamicsFindings.Meaning(text, journal, settings), text, leftBehind));

    /// <summary>Whether a refusal only says that somebody else is at it.</summary>
    public static bool IsLocked(string text, Journal journal, DynamicsSettings settings) =>
        DynamicsFindings.Meaning(text, journal, settings) == DynamicsFindings.Locked;

    /// <summary>Null when the journal was created, header and lines.</summary>
    private static DeliveryOutcome? Outcome(ChangeSetAnswer? answer, Journal journal, DynamicsSettings settings)
    {
        if (answer is null) return new DeliveryOutcome.NoAnswer("The answer of Dynamics 365 does not mention this document.");
        if (answer.Parts.FirstOrDefault(part => part.Status is < 200 or >= 300) is { } failed)
        {
            var reply = new DynamicsReply.Answered(failed.Status, failed.Body, "", failed.RetryAfter);
            return reply.NotNow is { } reason ? new DeliveryOutcome.NotSent(reason, failed.RetryAfter)
                : reply.SaysNo ? Refusal(reply.Error!.Text, journal, settings)
                : new DeliveryOutcome.NoAnswer($"Dynamics 365 answered with HTTP {failed.Status}.");
        }
        return answer.Whole && answer.Parts.Count == journal.Lines.Count + 1 && answer.Parts.All(part => Names(part, journal.Key))
            ? null
            : new DeliveryOutcome.NoAnswer("The answer of Dynamics 365 is not about this document.");
    }

    private static bool Names(BatchPart part, string key)
    {
        try
        {
            using var json = JsonDocument.Parse(part.Body);
            return string.Equals(json.RootElement.Text("JournalBatchNumber"), key, StringComparison.OrdinalIgnoreCase);
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return false;
        }
    }
}
