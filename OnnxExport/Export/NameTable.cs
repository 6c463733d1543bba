using System.Globalization;

namespace Toolkit.OnnxExport.Export;

/// <summary>Gives out names, each once.</summary>
internal sealed class NameTable
{
    private readonly HashSet<string> taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> counters = new(StringComparer.Ordinal);

    /// <summary>The name itself if it is free, otherwise with the first number after it that makes it so.</summary>
    /// <param name="name">The name that is wanted.</param>
    public string Unique(string name) => taken.Add(name) ? name : Numbered(name);

    /// <summary>The name with the next number after it.</summary>
    /// <param name="name">What comes before the number.</param>
    public string Numbered(string name)
    {
        while (true)
        {
            int number = counters.GetValueOrDefault(name) + 1;
            counters[name] = number;
            string candidate = string.Create(CultureInfo.InvariantCulture, $"{name}_{number}");
            if (taken.Add(candidate))
            {
                return candidate;
            }
        }
    }
}
