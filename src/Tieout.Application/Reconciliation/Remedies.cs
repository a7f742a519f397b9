using Tieout.Domain.Reconciliation;

namespace Tieout.Application.Reconciliation;

/// <summary>What to do about a break, and what happens if nobody does.</summary>
internal static class Remedies
{
    public static string For(BreakCategory category) => category switch
    {
        BreakCategory.Missing =>
            "Find out who removed it in the ERP, or whether the ERP was restored from a backup. Until it is back the receivable is short there.",
        BreakCategory.Duplicate =>
            "Reverse the extra document in the ERP. Until then the customer owes it twice there.",
        BreakCategory.Unexpected =>
            "Find out who entered it in the ERP, and reverse it if nobody can say. Until then the ERP shows more than was invoiced.",
        BreakCategory.Customer =>
            "Correct the customer in the ERP or the cross-reference here. Until then the wrong customer is reminded.",
        BreakCategory.Currency =>
            "Reverse and post again in the right currency. Until then both books are wrong in two currencies.",
        BreakCategory.Amount =>
            "Compare the two documents line by line and correct the one that is wrong.",
        BreakCategory.Tax =>
            "Post with our tax amounts (option tax-amounts: forced), or accept the ERP's cent and adjust. Until then the tax return and the invoices differ.",
        BreakCategory.Period =>
            "The ERP booked it in another month, usually because the month was closed or its numbers must rise by date. Accrue it, or reopen the month.",
        BreakCategory.Account =>
            "Check the account rule of this target. Until then the ERP's accounts are wrong though its documents agree.",
        BreakCategory.Balance =>
            "Look at the other entries on this account. Our documents agree; this is a warning.",
        BreakCategory.Books =>
            "Find the document that the ERP converted by a rate of its own: one posted before amounts in the books were sent, or changed since. "
            + "Correct it there by the difference, in the currency of the books. The documents agree; this is a warning.",
        _ => throw new ArgumentOutOfRangeException(nameof(category), category, "A break without a remedy."),
    };
}
