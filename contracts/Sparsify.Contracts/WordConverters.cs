using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sparsify.Contracts;

/// <summary>Writes an enumeration as its member's name and refuses numbers: the words are the contract.</summary>
/// <typeparam name="T">The enumeration.</typeparam>
public sealed class WordConverter<T>() : JsonStringEnumConverter<T>(namingPolicy: null, allowIntegerValues: false)
    where T : struct, Enum;

/// <summary>Writes an enumeration as its member's name in camelCase and refuses numbers.</summary>
/// <typeparam name="T">The enumeration.</typeparam>
public sealed class CamelCaseWordConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
