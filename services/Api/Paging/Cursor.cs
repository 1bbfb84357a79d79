using System.Buffers.Text;
using System.Text;
using Sparsify.Api.Problems;

namespace Sparsify.Api.Paging;

/// <summary>The place in a listing, as an opaque word.</summary>
internal static class Cursor
{
    public const int DefaultLimit = 100;
    public const int MaximumLimit = 500;

    public static string Of(string sortKey) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(sortKey));

    /// <exception cref="InvalidRequestException">It is not one of ours.</exception>
    public static string? Read(string? after)
    {
        if (after is null)
            return null;
        return Base64Url.IsValid(after)
            ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(after))
            : throw new InvalidRequestException("after", "is not a value of 'next'.");
    }

    /// <exception cref="InvalidRequestException">It is out of range.</exception>
    public static int Limit(int? limit) => limit switch
    {
        null => DefaultLimit,
        >= 1 and <= MaximumLimit => limit.Value,
        _ => throw new InvalidRequestException("limit", $"is {limit}; it is 1 to {MaximumLimit}."),
    };

    /// <summary>Makes a page of one row more than asked for.</summary>
    public static Page<TView> Page<TRow, TView>(List<TRow> rows, int limit, Func<TRow, string> sortKey, Func<TRow, TView> view) =>
        new([.. rows.Take(limit).Select(view)], rows.Count > limit ? Of(sortKey(rows[limit - 1])) : null);
}
