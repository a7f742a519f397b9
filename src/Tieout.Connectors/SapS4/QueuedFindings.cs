using Tieout.Connectors.Port;
using Tieout.Domain.Exceptions;

namespace Tieout.Connectors.SapS4;

/// <summary>Cases in which SAP's confirmations and its books say different things.</summary>
internal static class QueuedFindings
{
    private const string NotSent = "It is not sent again: it might be booked twice.";

    /// <summary>Confirmed, and not there.</summary>
    public static Finding ConfirmedNotFound(ErpDocument document, string number) => new(
        ExceptionCategory.Technical, "confirmed-not-found",
        $"SAP has confirmed {document.Key} as {number} and does not show it under that reference.",
        $"Look for {number} in SAP, and whether our number stands in its reference field. Once SAP shows it there, replay. {NotSent}");

    /// <summary>Confirmed as both, and not there.</summary>
    public static Finding Contradicting(ErpDocument document, ToldVerdict.Contradicting contradicting) => new(
        ExceptionCategory.Technical, "confirmations-contradict",
        $"SAP has said both that it has booked {document.Key} and that it has not, and does not show it.",
        $"Look into SAP's message monitor (AIF) for the message; once SAP shows the document, replay, else cancel the posting here and book it by hand. {NotSent}",
        contradicting.Text);
}
