using System.Text.Json;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Sparsify.Messaging;

/// <summary>Keeps a small value that is never searched as JSON text in one column.</summary>
public static class JsonColumn
{
    /// <summary>
    /// Stores the property as JSON, in the web's style. The value is replaced and never changed in place: a change inside
    /// it would not be seen. So it needs no copy, and its text is compared only where it was replaced.
    /// </summary>
    public static PropertyBuilder<T> AsJson<T>(this PropertyBuilder<T> property) =>
        property.HasConversion(
            value => Text(value),
            json => JsonSerializer.Deserialize<T>(json, JsonSerializerOptions.Web)!,
            new ValueComparer<T>((a, b) => ReferenceEquals(a, b) || Text(a) == Text(b), _ => 0, value => value));

    private static string Text<T>(T value) => JsonSerializer.Serialize(value, JsonSerializerOptions.Web);
}
