using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Sparsify.Messaging;

/// <summary>PostgreSQL's <c>timestamptz</c> takes UTC only; reported times may come with any offset.</summary>
internal sealed class UtcConverter() : ValueConverter<DateTimeOffset, DateTimeOffset>(time => time.ToUniversalTime(), time => time);
