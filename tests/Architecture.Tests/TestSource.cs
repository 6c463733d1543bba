using System.Text.RegularExpressions;

namespace Toolkit.Architecture.Tests;

/// <summary>What a test uses: its own source, the members of its file that it reaches, and the helpers beside it, without comments.</summary>
internal static partial class TestSource
{
    /// <summary>The source that a test reaches.</summary>
    /// <param name="file">The file of the test.</param>
    /// <param name="test">The name of its method.</param>
    public static string Of(string file, string test)
    {
        var used = new List<string>();
        Add(file, test, used, new HashSet<string>(StringComparer.Ordinal));
        return string.Join('\n', used);
    }

    /// <summary>A member of a file with all that it reaches, or the whole file for a helper.</summary>
    private static void Add(string file, string? member, List<string> used, HashSet<string> seen)
    {
        if (!seen.Add($"{file} {member}"))
            return;
        string source = Comment().Replace(File.ReadAllText(file), "");
        if (member is null)
        {
            AddHelpers(source);
            return;
        }

        ILookup<string, string> members = Members(source);
        var pending = new Stack<string>([member]);
        var reached = new HashSet<string>(StringComparer.Ordinal);
        while (pending.TryPop(out string? name))
        {
            if (!reached.Add(name))
                continue;
            foreach (string text in members[name])
            {
                AddHelpers(text);
                foreach (Match word in Word().Matches(text).Where(word => members.Contains(word.Value)))
                    pending.Push(word.Value);
            }
        }

        void AddHelpers(string text)
        {
            used.Add(text);
            foreach (string name in Word().Matches(text).Select(word => word.Value).Distinct())
            {
                string beside = Path.Combine(Path.GetDirectoryName(file)!, $"{name}.cs");
                if (beside != file && File.Exists(beside))
                    Add(beside, null, used, seen);
            }
        }
    }

    /// <summary>The members of a file's class by name: each begins at the indentation of a class's body with an attribute or a modifier.</summary>
    private static ILookup<string, string> Members(string source)
    {
        int[] starts = [.. Start().Matches(source).Select(match => match.Index), source.Length];
        return Enumerable.Range(0, starts.Length - 1).Select(i => source[starts[i]..starts[i + 1]]).ToLookup(text => Name().Match(Head().Match(text).Value).Groups["name"].Value);
    }

    [GeneratedRegex(@"//[^\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\b[A-Z]\w+")]
    private static partial Regex Word();

    [GeneratedRegex(@"^    (?=\[\w|public |private |internal |protected |static )", RegexOptions.Multiline)]
    private static partial Regex Start();

    /// <summary>A declaration up to its body or value.</summary>
    [GeneratedRegex(@"\A.*?(?=\s=|\{|=>|;|\z)", RegexOptions.Singleline)]
    private static partial Regex Head();

    /// <summary>The name of a nested type, or the last name of a declaration, before its parameters.</summary>
    [GeneratedRegex(@"\b(?:class|record|struct|enum|interface)\s+(?<name>\w+)|(?<name>\w+)\s*(<[^()]*>)?\s*(\((?:[^()]|\([^()]*\))*\)\s*(where .*)?)?\s*\z", RegexOptions.Singleline)]
    private static partial Regex Name();
}
