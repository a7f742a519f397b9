namespace Tieout.Application.Views.Timelines;

// Rows as the story's queries give them.

internal sealed record SourceRow(
    Guid RunId, long RowNo, string RowKey, string Outcome, string Field, string Reason, string Remedy,
    string FileName, string Sha256, DateTimeOffset StartedAt, string Actor);

internal sealed record PartyRow(
    Guid CustomerId, string Code, string Name, string Country, Guid CorrelationId, DateTimeOffset CreatedAt);

internal sealed record AccountRow(
    Guid Id, string Code, string Entity, string EntityName, string Currency, string TaxCode, int TermDays, Guid CorrelationId, DateTimeOffset CreatedAt);

internal sealed record SubscriptionRow(
    Guid Id, string Code, string Plan, DateOnly StartDate, DateOnly? EndDate, Guid CorrelationId, DateTimeOffset CreatedAt);

internal sealed record AmendmentRow(
    string Code, int Version, string Kind, string Words, string Reason, string Actor, DateTimeOffset RecordedAt);

internal sealed record EntryRow(Guid Id, DateOnly EntryDate, DateTimeOffset CreatedAt);

internal sealed record EntryLineRow(int LineNo, string Account, string Currency, decimal Amount);

internal sealed record PostingRow(
    Guid Id, string BusinessKey, string State, string? Target, string? RulesVersion, string RoutedBy, int Tries, int LookUps, DateTimeOffset? NotBefore,
    DateTimeOffset? SentAt, string? ErpNumber, string? ErpId, string Currency, decimal Amount,
    DateTimeOffset CreatedAt, DateTimeOffset ChangedAt, string Turn);

internal sealed record AttemptRow(
    int Number, string Kind, Guid Batch, int Node, DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string? Outcome, string Detail);

internal sealed record WireRow(
    Guid Id, Guid Batch, string Operation, byte[] Request, long RequestBytes, byte[]? Answer, long? AnswerBytes, int? Status, string? Failure,
    DateTimeOffset StartedAt, DateTimeOffset? EndedAt);

internal sealed record VerdictRow(
    Guid RunId, string Target, string Verdict, DateTimeOffset ComparedAt, long Unproven, string Problem);

internal sealed record HeldRow(string Number, string Customer, string Currency, decimal Total, DateOnly Month);

internal sealed record BreakRow(string Category, string ErpNumber, string Cause, string Currency, decimal Amount);

internal sealed record CaseRow(
    Guid Id, string Category, string Code, string Cause, string Remedy, string Technical, string State, string Resolution, int Repeats,
    string? Currency, decimal? Amount, DateTimeOffset OpenedAt, DateTimeOffset? ResolvedAt);
