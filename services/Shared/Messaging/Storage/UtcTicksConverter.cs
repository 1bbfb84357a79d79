using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Sparsify.Messaging;

/// <summary>SQLite has no time type and cannot order text with offsets; UTC ticks order as times do.</summary>
internal sealed class UtcTicksConverter()
    : ValueConverter<DateTimeOffset, long>(time => time.UtcTicks, ticks => new DateTimeOffset(ticks, TimeSpan.Zero));
