namespace Tieout.Domain.Posting;

/// <summary>What a journal entry is that is no invoice and no credit memo. <see cref="Words"/> spells it outside the program.</summary>
public enum EntryKind
{
    /// <summary>A customer paid.</summary>
    Payment,

    /// <summary>Money went back to a customer.</summary>
    Refund,

    /// <summary>A customer disputes what it owes, or what it paid was charged back.</summary>
    Dispute,

    /// <summary>What a customer owes is given up.</summary>
    WriteOff,

    /// <summary>Revenue earned in a month, out of what was invoiced before.</summary>
    RevenueJournal,

    /// <summary>What somebody booked by hand.</summary>
    ManualJournal,

    /// <summary>Takes an earlier document back.</summary>
    Reversal,
}
