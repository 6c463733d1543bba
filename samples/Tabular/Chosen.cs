using System.Text.Json;

namespace Toolkit.Samples.Tabular;

/// <summary>The settings that searches have chosen: the file <c>chosen.json</c>, as <see cref="Search"/> writes it.</summary>
internal static class Chosen
{
    private static readonly Dictionary<string, Dictionary<string, Dictionary<string, double>>> All = Read();

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>What was chosen for a trainer on data; what it does by itself where nothing was.</summary>
    public static Settings For(Case data, Contender contender) =>
        new(contender.Space, All.GetValueOrDefault(data.Name)?.GetValueOrDefault(contender.SettingsOf ?? contender.Name));

    /// <summary>Writes all settings, those that were found for one case replaced.</summary>
    public static void Write(string path, string data, Dictionary<string, Dictionary<string, double>> found)
    {
        Dictionary<string, Dictionary<string, Dictionary<string, double>>> all = File.Exists(path)
            ? JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, Dictionary<string, double>>>>(File.ReadAllText(path))!
            : [];
        Dictionary<string, Dictionary<string, double>> own = all[data] = all.GetValueOrDefault(data) ?? [];
        foreach ((string name, Dictionary<string, double> settings) in found)
            own[name] = settings;
        File.WriteAllText(path, JsonSerializer.Serialize(all, Indented) + "\n");
    }

    private static Dictionary<string, Dictionary<string, Dictionary<string, double>>> Read()
    {
        using Stream stream = typeof(Chosen).Assembly.GetManifestResourceStream("chosen.json")!;
        return JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, Dictionary<string, double>>>>(stream)!;
    }
}
