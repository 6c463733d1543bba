using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Toolkit.Tables;

/// <summary>What the parts of a folder belong to.</summary>
/// <param name="Model">A checksum of the model.</param>
/// <param name="Table">A checksum of what a table is known by.</param>
/// <param name="Options">A checksum of the options that change what is written.</param>
internal sealed record ScoringIdentity(string Model, string Table, string Options)
{
    private const int Version = 2, EndLength = 1 << 16;

    public static ScoringIdentity Of(byte[] model, string table, TableScoringOptions options) => new(Hash(model), OfTable(table), OfOptions(options));

    private static string OfTable(string path)
    {
        using FileStream file = File.OpenRead(path);
        byte[] ends = new byte[2 * EndLength];
        int first = file.ReadAtLeast(ends.AsSpan(0, EndLength), EndLength, throwOnEndOfStream: false);
        file.Position = Math.Max(0, file.Length - EndLength);
        int last = file.ReadAtLeast(ends.AsSpan(EndLength), EndLength, throwOnEndOfStream: false);
        string known = string.Create(CultureInfo.InvariantCulture, $"{file.Length} {File.GetLastWriteTimeUtc(path).Ticks} {Hash(ends.AsSpan(0, first))} {Hash(ends.AsSpan(EndLength, last))}");
        return Hash(Encoding.UTF8.GetBytes(known));
    }

    private static string OfOptions(TableScoringOptions options) => Hash(JsonSerializer.SerializeToUtf8Bytes(new
    {
        Version,
        Inputs = Ordered(options.Inputs),
        Categories = Ordered(options.Categories),
        Classes = Ordered(options.Classes),
        options.Outputs,
        options.Keep,
        options.AllowMissing,
        options.BatchSize,
        options.BlockLength,
        options.Csv.Separator,
        options.Csv.Quote,
        options.Csv.Trim,
        options.Csv.HasHeader,
        options.Csv.MissingMarks,
        Provider = options.Serving.Provider.ToString(),
    }));

    private static IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> Ordered(IReadOnlyDictionary<string, IReadOnlyList<string>> names) => names.OrderBy(name => name.Key, StringComparer.Ordinal);

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
