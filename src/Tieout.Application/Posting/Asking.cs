using System.Data.Common;
using Tieout.Domain.Exceptions;

namespace Tieout.Application.Posting;

/// <summary>
/// Asks a connector about many things at once. A connector must not throw; when it does all the same, that is a bug, and no
/// reason to lose a document or to stop the others: they are asked one at a time, to find the one it fails over.
/// </summary>
internal static class Asking
{
    /// <summary>One answer to each question, in the order of the questions.</summary>
    /// <param name="questions">At least one.</param>
    /// <param name="ask">The connector's call.</param>
    /// <param name="failed">The answer for what made the connector throw while others passed.</param>
    /// <param name="failedForAll">The answer when none of several passed: it is the connector then, not the document.</param>
    /// <param name="mayRepeat">Whether those that failed together may be asked again, one at a time.</param>
    /// <param name="cancel">What <paramref name="ask"/> is cancelled by.</param>
    public static async Task<IReadOnlyList<TAnswer>> Each<TQuestion, TAnswer>(
        IReadOnlyList<TQuestion> questions, Func<IReadOnlyList<TQuestion>, Task<IReadOnlyList<TAnswer>>> ask,
        Func<Exception, TAnswer> failed, Func<Exception, TAnswer> failedForAll, Func<bool> mayRepeat, CancellationToken cancel)
    {
        var (answers, bug) = await Try(questions, ask, cancel);
        if (answers is not null) return answers;
        if (questions.Count == 1 || !mayRepeat()) return [.. questions.Select(_ => failed(bug!))];

        List<TAnswer> some = new(questions.Count), none = new(questions.Count);
        var passed = false;
        foreach (var question in questions)
        {
            (answers, bug) = await Try([question], ask, cancel);
            passed |= answers is not null;
            // Both at once: what the answer is may depend on what was asked just now.
            some.Add(answers is not null ? answers[0] : failed(bug!));
            if (!passed) none.Add(failedForAll(bug!));
        }
        return passed ? some : none;
    }

    /// <summary>What a person reads of it.</summary>
    public static Finding Finding(Exception bug) => new(
        ExceptionCategory.Technical, "connector-failed", $"The connector failed over this document; nothing was sent. It says: {bug.Message}",
        "Give the technical text to whoever looks after Tieout; replay once it is mended. Until then the document is in our books only.",
        bug.ToString());

    // Our own database's trouble is not the connector's, and a lost claim is no trouble at all.
    private static async Task<(IReadOnlyList<TAnswer>? Answers, Exception? Bug)> Try<TQuestion, TAnswer>(
        IReadOnlyList<TQuestion> questions, Func<IReadOnlyList<TQuestion>, Task<IReadOnlyList<TAnswer>>> ask, CancellationToken cancel)
    {
        try
        {
            var answers = await ask(questions);
            return answers.Count == questions.Count
                ? (answers, null)
                : (null, new InvalidOperationException($"The connector gave {answers.Count} answers to {questions.Count} questions."));
        }
        catch (Exception bug) when (bug is not (DbException or ClaimLostException) && !(bug is OperationCanceledException && cancel.IsCancellationRequested))
        {
            return (null, bug);
        }
    }
}
