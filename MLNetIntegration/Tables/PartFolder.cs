using System.Globalization;
using System.Text.Json;
using Toolkit.Autograd.Files;
using Toolkit.Modeling.Data;
using Toolkit.Modeling.Distributed;

namespace Toolkit.Tables;

/// <summary>The folder of the parts.</summary>
/// <param name="folder">Its path.</param>
/// <param name="suffix">How the name of a part ends, such as ".csv".</param>
internal sealed class PartFolder(string folder, string suffix)
{
    private readonly string identityPath = System.IO.Path.Combine(folder, "_scoring.json");

    /// <summary>The file of a group of rows. The number has as many digits as any may have, so that the order of names is that of the groups.</summary>
    public string Path(int group) => System.IO.Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"part-{group:0000000000}{suffix}"));

    /// <summary>Compares what is to be written with what is there.</summary>
    /// <param name="identity">What the parts are to belong to.</param>
    /// <param name="group">The processes, of which the first writes.</param>
    /// <exception cref="DataException">The folder holds parts of something else.</exception>
    public void Begin(ScoringIdentity identity, IProcessGroup group)
    {
        Agreement.Require(group, ("model", Number(identity.Model)), ("table", Number(identity.Table)), ("options", Number(identity.Options)));
        if (group.Rank == 0)
        {
            Directory.CreateDirectory(folder);
            if (File.Exists(identityPath))
                RequireSame(identity);
            else if (Directory.EnumerateFiles(folder, "part-*").FirstOrDefault() is { } part)
                throw new DataException($"Expected an empty folder or one of the same scoring, found \"{part}\" without \"{identityPath}\".");
            else
                AtomicFile.Write(identityPath, stream => JsonSerializer.Serialize(stream, identity));
        }

        group.Barrier(new Purpose("comparison of the folder"));
    }

    private void RequireSame(ScoringIdentity identity)
    {
        ScoringIdentity found = Read();
        string? other = found.Model != identity.Model ? "model" : found.Table != identity.Table ? "table" : found.Options != identity.Options ? "set of options" : null;
        if (other is not null)
            throw new DataException($"Expected a folder of the same model, table and options, found that the parts in \"{folder}\" belong to another {other}: choose another folder, or delete this one.");
    }

    private ScoringIdentity Read()
    {
        try
        {
            return JsonSerializer.Deserialize<ScoringIdentity>(File.ReadAllBytes(identityPath)) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new DataException($"Expected in \"{identityPath}\" what the parts belong to, found something else: {e.Message}", e);
        }
    }

    private static ulong Number(string checksum) => ulong.Parse(checksum.AsSpan(0, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
