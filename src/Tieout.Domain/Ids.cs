namespace Tieout.Domain;

// One line each, so that an invoice's id cannot go where an entry's is wanted. Made in the shell (version 7, in order of time).

/// <summary>A company of ours that owns books, such as the US Inc. or the German GmbH.</summary>
public readonly record struct LegalEntityId(Guid Value);

/// <summary>A legal party that buys from us.</summary>
public readonly record struct CustomerId(Guid Value);

/// <summary>Who pays: a customer's account in one currency with one legal entity of ours.</summary>
public readonly record struct BillingAccountId(Guid Value);

/// <summary>A stored price of one component of a plan's version in one currency.</summary>
public readonly record struct PriceId(Guid Value);

/// <summary>A plan somebody subscribed to, with its start and end.</summary>
public readonly record struct SubscriptionId(Guid Value);

/// <summary>Prepaid credit granted to a billing account.</summary>
public readonly record struct CreditGrantId(Guid Value);

/// <summary>An invoice.</summary>
public readonly record struct InvoiceId(Guid Value);

/// <summary>A balanced entry of the subledger.</summary>
public readonly record struct JournalEntryId(Guid Value);

/// <summary>The delivery of one document to one ERP.</summary>
public readonly record struct PostingId(Guid Value);

/// <summary>Follows one business fact from its source row to the ERP's document and the verdict.</summary>
public readonly record struct CorrelationId(Guid Value);
