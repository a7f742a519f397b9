using Dapper;
using Npgsql;
using Tieout.Application.Settings;
using Tieout.Domain;

namespace Tieout.Application.Gateways;

/// <summary>
/// Makes the gateways of a file known to the books. Whose money a gateway holds does not change once something is booked: its clearing account would
/// come to zero in neither legal entity.
/// </summary>
public sealed class RegisterGateways(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Twice changes nothing.</summary>
    /// <exception cref="SettingsException">A legal entity is not there, or another than the one that has entries of this gateway.</exception>
    public async Task Run(IReadOnlyList<GatewaySettings> gateways, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        foreach (var gateway in gateways)
        {
            await connection.ExecuteAsync(new CommandDefinition(
                """
                insert into cash.gateway as g (name, provider, account, live, lost_to, created_at) values (@Name, 'stripe', @Account, @Live, @lostTo, @now)
                on conflict (tenant, name) do update set account = excluded.account, live = excluded.live, lost_to = excluded.lost_to
                """,
                new { gateway.Name, gateway.Account, gateway.Live, lostTo = Words.Of(gateway.LostTo), now = clock.GetUtcNow() }, cancellationToken: cancel));
            foreach (var (currency, code) in gateway.LegalEntities) await Entity(connection, gateway.Name, currency, code, cancel);
        }
        await transaction.CommitAsync(cancel);
    }

    private static async Task Entity(NpgsqlConnection connection, string gateway, string currency, string code, CancellationToken cancel)
    {
        var parameters = new { gateway, currency, code };
        var changed = await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into cash.gateway_entity as g (gateway, currency, legal_entity_id)
            select @gateway, @currency, id from customers.legal_entity where tenant = 1 and code = @code
            on conflict (tenant, gateway, currency) do update set legal_entity_id = excluded.legal_entity_id
            where g.legal_entity_id = excluded.legal_entity_id or not exists (select from cash.gateway_booked b where b.tenant = 1 and b.gateway = g.gateway)
            """, parameters, cancellationToken: cancel));
        if (changed == 1) return;
        var known = await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select exists (select from customers.legal_entity where tenant = 1 and code = @code)", parameters, cancellationToken: cancel));
        throw new SettingsException(known
            ? $"Gateway '{gateway}' has entries in the books of another legal entity than '{code}'; name a new gateway for it."
            : $"Gateway '{gateway}': there is no legal entity '{code}' in the books.");
    }
}
