using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Toolkit.Modeling.Schedules;

namespace Toolkit.Modeling.Tests.Components;

/// <summary>What the documentation of a library says by the words "… by default", beside what its members have.</summary>
internal static partial class DocumentedDefaults
{
    private const string Raised = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    /// <summary>Every property and parameter with a number, a truth value or null before these words: its place, the text, and what the library has; "unknown" where
    /// no object could be made or no parameter found.</summary>
    /// <param name="library">The library, with its page of documentation beside it.</param>
    /// <param name="made">Objects of types that reflection cannot make, as their constructors take spans.</param>
    public static IEnumerable<(string Place, object? Stated, object? Found)> Of(Assembly library, params object[] made)
    {
        XDocument page = XDocument.Load(Path.Combine(AppContext.BaseDirectory, $"{library.GetName().Name}.xml"));
        foreach (XElement member in page.Descendants("member"))
        {
            string id = member.Attribute("name")!.Value;
            if (id.StartsWith("P:", StringComparison.Ordinal) && Property(library, id) is { } property && Stated(member.Element("summary")) is { } stated)
                yield return (id, ValueOf(stated), OfProperty(library, property, made));
            foreach (XElement parameter in member.Elements("param"))
            {
                if (Stated(parameter) is { } value)
                    yield return ($"{id} {parameter.Attribute("name")!.Value}", ValueOf(value), OfParameter(library, id, parameter.Attribute("name")!.Value));
            }
        }
    }

    /// <summary>Whether two values are the same number, truth value or null.</summary>
    public static bool Same(object? stated, object? found) => stated is double number && found is IConvertible and not (bool or string)
        ? Math.Abs(Convert.ToDouble(found, CultureInfo.InvariantCulture) - number) <= 1e-6 * Math.Abs(number)
        : Equals(stated, found);

    private static Match? Stated(XElement? text)
    {
        if (text is null)
            return null;
        string words = string.Concat(text.DescendantNodes().Select(node => node is XText plain ? plain.Value : node is XElement e ? e.Attribute("langword")?.Value : null));
        Match match = ByDefault().Match(words);
        return match.Success ? match : null;
    }

    private static object? ValueOf(Match match)
    {
        switch (match.Groups["word"].Value)
        {
            case "true": return true;
            case "false": return false;
            case "null": return null;
            case "½": return 0.5;
            case "¼": return 0.25;
            case "¾": return 0.75;
            default: return Number(match);
        }
    }

    private static double Number(Match match)
    {
        double number = double.Parse(match.Groups["number"].Value.Replace('−', '-').Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
        string power = match.Groups["power"].Value;
        if (power.Length == 0)
            return number;
        double exponent = double.Parse(string.Concat(power.Select(c => c == '⁻' ? "-" : $"{Raised.IndexOf(c, StringComparison.Ordinal)}")), CultureInfo.InvariantCulture);
        return match.Groups["times"].Success ? number * Math.Pow(10, exponent) : Math.Pow(number, exponent);
    }

    /// <summary>A public property that a type does not leave to those that derive from it, or to methods that make its objects.</summary>
    private static PropertyInfo? Property(Assembly library, string id)
    {
        int dot = id.LastIndexOf('.');
        Type? type = TypeOf(library, id[2..dot]);
        PropertyInfo? property = type?.GetProperties().FirstOrDefault(p => p.Name == id[(dot + 1)..] && p.DeclaringType == type);
        bool isLeft = property?.GetMethod is { IsVirtual: true, IsFinal: false } && property.DeclaringType!.IsAbstract, isMade = property?.DeclaringType is { IsAbstract: false } made && made.GetConstructors().Length == 0;
        return isLeft || isMade ? null : property;
    }

    private static object? OfProperty(Assembly library, PropertyInfo property, object[] others)
    {
        foreach (Type concrete in library.GetExportedTypes().Where(t => !t.IsAbstract && !t.ContainsGenericParameters && property.DeclaringType!.IsAssignableFrom(t)))
        {
            if ((Array.Find(others, other => other.GetType() == concrete) ?? Made(concrete, 3)) is { } instance)
                return property.GetValue(instance) is var value && value is FixedRate rate ? rate.Value : value;
        }

        return "unknown";
    }

    private static object? OfParameter(Assembly library, string id, string name)
    {
        string member = id[2..].Split('(')[0];
        int dot = member.LastIndexOf('.');
        bool isType = id.StartsWith("T:", StringComparison.Ordinal);
        Type? type = TypeOf(library, isType ? member : member[..dot]);
        IEnumerable<MethodBase> methods = isType || member.EndsWith("#ctor", StringComparison.Ordinal)
            ? type?.GetConstructors() ?? []
            : type?.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance).Where(m => m.Name == member[(dot + 1)..].Split('`')[0]) ?? [];
        ParameterInfo? parameter = methods.SelectMany(m => m.GetParameters()).FirstOrDefault(p => p.Name == name && p.HasDefaultValue);
        return parameter is null ? "unknown" : parameter.DefaultValue;
    }

    private static Type? TypeOf(Assembly library, string name)
    {
        for (string? tried = name; tried is not null; tried = tried.LastIndexOf('.') is var dot and > 0 ? $"{tried[..dot]}+{tried[(dot + 1)..]}" : null)
        {
            if (library.GetType(tried) is { } type)
                return type;
        }

        return null;
    }

    /// <summary>An object with plain arguments; null where none is accepted.</summary>
    private static object? Made(Type type, int depth)
    {
        foreach (ConstructorInfo constructor in type.GetConstructors().OrderBy(c => c.GetParameters().Length))
        {
            foreach (int size in (int[])[2, 1, 4])
            {
                try
                {
                    return constructor.Invoke([.. constructor.GetParameters().Select(p => p.HasDefaultValue ? p.DefaultValue : Argument(p.ParameterType, size, depth))]);
                }
                catch (Exception e) when (e is TargetInvocationException or TargetException or ArgumentException or NotSupportedException or MemberAccessException)
                {
                    // Another size may do.
                }
            }
        }

        return null;
    }

    private static object? Argument(Type type, int size, int depth)
    {
        if (type == typeof(int) || type == typeof(long) || type == typeof(ulong) || type == typeof(uint))
            return Convert.ChangeType(size, type, CultureInfo.InvariantCulture);
        if (type == typeof(double) || type == typeof(float))
            return Convert.ChangeType(0.5, type, CultureInfo.InvariantCulture);
        if (type == typeof(string))
            return "name";
        if (type == typeof(RandomSource))
            return new RandomSource(1);
        if (type.IsArray)
            return Filled(type.GetElementType()!, size, depth);
        if (type is { IsInterface: true, IsGenericType: true } && type.GetGenericArguments() is [var element])
            return Filled(element, size, depth);
        if (type.IsValueType)
            return (depth == 0 ? null : Made(type, depth - 1)) ?? Activator.CreateInstance(type);
        return depth == 0 ? null : type.Assembly.GetExportedTypes()
            .Where(t => !t.IsAbstract && !t.ContainsGenericParameters && type.IsAssignableFrom(t)).Select(t => Made(t, depth - 1)).FirstOrDefault(made => made is not null);
    }

    private static Array Filled(Type element, int size, int depth)
    {
        var array = Array.CreateInstance(element, size);
        for (int i = 0; i < size; i++)
            array.SetValue(Argument(element, size, depth - 1), i);
        return array;
    }

    [GeneratedRegex("(?:^|[;:,(])\\s*(?:(?<word>true|false|null|½|¼|¾)|(?<number>−?\\d[\\d,]*(?:\\.\\d+)?)(?:(?<times>·10)?(?<power>[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?) by default")]
    private static partial Regex ByDefault();
}
