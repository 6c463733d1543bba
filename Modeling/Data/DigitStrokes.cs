using System.Collections.Immutable;
using System.Globalization;

namespace Toolkit.Modeling.Data;

/// <summary>A point that the pen passes through, in a box of 100 × 100 with the origin at the upper left.</summary>
/// <param name="X">To the right.</param>
/// <param name="Y">Downwards.</param>
/// <param name="Corner">Whether the pen turns sharply here instead of passing smoothly.</param>
/// <param name="Lift">Whether the pen is lifted after this point.</param>
internal readonly record struct PenPoint(float X, float Y, bool Corner, bool Lift);

/// <summary>How people write the ten digits: for each, a few forms, each as points that the pen passes through.</summary>
internal static class DigitStrokes
{
    /// <summary>Forms of each digit. "x,y" is a point, "!" after it a corner, ";" lifts the pen.</summary>
    private static readonly ImmutableArray<ImmutableArray<ImmutableArray<PenPoint>>> Forms = Parse(
    [
        [
            "54,4 26,18 14,52 26,86 52,96 76,80 84,48 74,16 52,4",
            "62,8 38,14 24,48 30,84 50,95 70,78 78,44 68,14 44,8",
            "46,12 20,28 16,62 34,90 60,92 82,66 80,30 58,8 36,10 22,26",
        ],
        [
            "52,3 51,50 50,97",
            "56,3 50,50 44,97",
            "34,26 54,4! 53,50 52,97",
            "32,26 52,5! 52,95; 30,96 74,95",
        ],
        [
            "20,28 32,8 56,4 74,20 68,44 46,68 20,93! 50,92 82,92",
            "20,26 36,6 62,6 74,26 64,54 40,80 24,90 17,80 32,74 56,88 84,90",
            "22,12 50,4 72,16 64,44 22,94! 80,94",
            "24,34 28,12 50,4 70,16 70,40 54,66 26,88 18,94 44,86 66,92 84,84",
        ],
        [
            "22,14 46,4 70,14 68,34 44,46! 70,54 78,74 58,94 32,96 18,84",
            "22,6 76,6! 46,40! 72,50 78,74 56,95 22,90",
            "22,18 44,4 68,16 60,38 42,46 40,48 66,54 76,74 60,92 36,96 18,82",
            "26,10 52,5 66,18 56,38 34,44! 60,46 72,62 66,84 44,96 20,94",
        ],
        [
            "26,6 20,54! 82,52; 66,8 62,97",
            "62,4 16,64! 86,62; 64,4 62,97",
            "24,8 22,36 34,54 60,50 74,38; 74,6 70,50 64,97",
            "30,6 18,44 30,56 72,50; 76,10 66,52 56,97",
        ],
        [
            "78,6 32,6! 27,44! 52,38 76,52 77,78 52,96 20,88",
            "33,8 28,46! 54,40 78,58 72,86 46,96 20,86; 33,8 80,6",
            "74,8 42,10 32,28 46,44 66,58 70,80 50,95 24,88",
            "70,5 38,8! 30,42! 58,44 68,64 58,86 34,96 16,92",
        ],
        [
            "66,4 38,28 22,62 30,90 54,97 74,82 70,60 50,54 28,66",
            "50,3 28,36 22,72 40,96 66,92 76,74 62,58 38,60 24,78",
            "76,8 46,22 28,54 30,84 48,96 64,84 60,66 44,64 30,80",
            "38,3 26,40 24,74 42,96 66,94 80,76 70,56 46,56 27,74",
        ],
        [
            "18,8 80,8! 60,46 42,97",
            "18,10 78,8! 56,48 46,97; 32,52 74,50",
            "20,24 20,8! 78,8! 54,50 46,97",
            "18,16 40,8 82,10! 58,50 50,97",
        ],
        [
            "70,18 48,4 26,16 34,38 62,56 76,78 52,97 24,82 36,58 62,40 72,20",
            "50,4 28,14 30,38 50,46 70,36 70,14 50,4; 50,46 24,62 24,88 50,97 76,88 76,62 50,46",
            "76,12 54,6 38,20 48,42 60,62 56,88 34,96 22,80 36,58 62,38 78,16",
            "58,46 34,34 36,10 58,4 70,20 54,44 30,66 30,90 52,97 72,82 64,58 42,40",
        ],
        [
            "72,22 52,4 26,16 24,42 46,54 68,42 74,20! 72,60 62,97",
            "70,30 54,6 30,12 22,36 40,52 64,44 72,18 74,50 60,84 36,96",
            "70,10 44,6 24,26 34,48 58,46 72,22! 70,60 68,97",
            "78,12 54,8 40,26 46,42 64,38 76,16! 60,56 44,97",
        ],
    ]);

    /// <summary>The forms of a digit.</summary>
    public static ImmutableArray<ImmutableArray<PenPoint>> Of(int digit) => Forms[digit];

    private static ImmutableArray<ImmutableArray<ImmutableArray<PenPoint>>> Parse(string[][] digits) =>
        [.. digits.Select(forms => forms.Select(Parse).ToImmutableArray())];

    private static ImmutableArray<PenPoint> Parse(string form)
    {
        string[] words = form.Split(' ');
        return [.. words.Select((word, i) =>
        {
            string[] numbers = word.TrimEnd('!', ';').Split(',');
            return new PenPoint(
                float.Parse(numbers[0], CultureInfo.InvariantCulture),
                float.Parse(numbers[1], CultureInfo.InvariantCulture),
                word.EndsWith('!'),
                word.EndsWith(';') || i == words.Length - 1);
        })];
    }
}
